import type { OrderState } from '../../schemas/stored/order-state.ts'

/** The systems that got an order, and what they call it: what Crossdock erases, they still have. */
export const placesOf = ({ connection, intents }: OrderState) => [
  { connection, as: 'the channel it came from' },
  ...Object.values(intents).flatMap(({ connection: system, reference, effect }) =>
    reference ? [{ connection: system, as: `${effect} ${reference.number ?? reference.id}` }] : [],
  ),
]
