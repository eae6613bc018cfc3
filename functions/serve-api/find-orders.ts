import { orderIdOf } from '../../domain/order/order-id.ts'
import { ok } from '../../domain/result.ts'
import type { endpoints } from '../../schemas/api/endpoints.ts'
import { OrderId } from '../../schemas/canonical/identity.ts'
import { orderView } from './order-view.ts'
import type { Handle } from './route.ts'

/** More orders than anybody who searches by a number wants to see. */
const most = 50

/** Orders that anybody, or one connection, calls so: their number or id at the channel, or their number elsewhere. */
export const findOrders: Handle<typeof endpoints.findOrders> = async (
  { query },
  { orders, ...deps },
) => {
  const { reference, connection } = query
  const asked = deps.connections.filter(({ id }) => connection === undefined || id === connection)
  const channels = asked.filter(({ kind }) => kind === 'channel').map(({ id }) => id)
  const own = OrderId.safeParse(reference)

  const guessed = [
    ...(own.success ? [own.data] : []),
    ...channels.map((channel) => orderIdOf(channel, reference)),
  ]
  const indexed = await orders.idsBy([
    ...(channels.length > 0 ? [reference] : []),
    ...asked.map(({ id }) => `${id}#${reference}`),
  ])
  const ids = [...new Set([...guessed, ...indexed])].slice(0, most)
  const states = await orders.states(ids)
  return ok({ orders: states.map((state) => orderView({ state, document: undefined })) })
}
