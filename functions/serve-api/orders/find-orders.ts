import { beginningOf, orderIdOf } from '../../../domain/order/order-id.ts'
import { ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import { type ConnectionId, OrderId } from '../../../schemas/canonical/identity.ts'
import { capableOf } from '../../../schemas/settings.ts'
import type { OrderState } from '../../../schemas/stored/order-state.ts'
import type { Handle } from '../route.ts'
import { orderView } from './order-view.ts'

/** More results than a person needs. */
const most = 50

/**
 * Orders with this reference at any connection or at one: their number or id at the channel, or their number
 * elsewhere. The ledger's own id always matches.
 */
export const findOrders: Handle<typeof endpoints.findOrders> = async (
  { query },
  { orders, ...deps },
) => {
  const { reference, connection } = query
  const asked = deps.connections.filter(({ id }) => connection === undefined || id === connection)
  const channels = asked.filter(capableOf('orders')).map(({ id }) => id)
  const own = OrderId.safeParse(reference)

  const guessed = [
    ...(own.success ? [own.data] : []),
    ...channels.map((channel) => orderIdOf(channel, reference)),
  ]
  const indexed = await orders.idsBy([
    ...(connection === undefined
      ? [{ reference }]
      : channels.map((channel) => ({ reference, beginning: beginningOf(channel) }))),
    ...asked.map(({ id }) => ({ reference: `${id}#${reference}` })),
  ])
  const ids = [...new Set([...guessed, ...indexed])].slice(0, most)
  const states = await orders.states(ids)
  const meant = states.filter((state) => indexed.includes(state.id) || isAt(connection, state))
  return ok({ orders: meant.map((state) => orderView({ state, document: undefined })) })
}

/** Whether the connection, if given, sold the order or was sent it. */
const isAt = (connection: ConnectionId | undefined, state: OrderState): boolean =>
  connection === undefined ||
  state.connection === connection ||
  Object.values(state.intents).some((intent) => intent.connection === connection)
