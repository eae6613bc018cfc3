import type { OrderState } from '../../schemas/stored/order-state.ts'

/** The systems that have an order, with their references: Crossdock cannot erase it there. */
export const placesOf = ({ connection, intents }: OrderState) => [
  { connection, as: 'the channel it came from' },
  ...Object.values(intents).flatMap(({ connection: system, reference, effect }) =>
    reference ? [{ connection: system, as: `${effect} ${reference.number ?? reference.id}` }] : [],
  ),
]
