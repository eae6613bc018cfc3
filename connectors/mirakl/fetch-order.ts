import type { Account } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import { except } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { ask } from './call.ts'
import { MiraklSettings } from './settings.ts'
import { toOrder } from './to-order.ts'
import { OrderPage, WireOrder } from './wire.ts'

/** The order as the marketplace has it now, by OR11; `undefined` when it has none of this id. */
export async function fetchOrder(
  account: Account,
  channelOrderId: string,
): Promise<Result<Order | undefined, Failure>> {
  const wire = await fetchWire(account, channelOrderId)
  if (!wire.ok) return wire
  return wire.value ? toOrder(account.connection, wire.value) : ok(undefined)
}

/** The order in Mirakl's words. */
async function fetchWire(
  account: Account,
  orderId: string,
): Promise<Result<WireOrder | undefined, Failure>> {
  const { taxMode } = MiraklSettings.parse(account.settings)
  const page = await ask(account, {
    kind: 'read',
    method: 'GET',
    path: '/orders',
    query: { order_ids: orderId, order_tax_mode: taxMode },
    answer: OrderPage,
  })
  if (!page.ok) return page
  const found = page.value.orders.find((order) => order.order_id === orderId)
  return found ? read(WireOrder, found) : ok(undefined)
}

/** The order of an effect, which has to be there. */
export async function standingOrder(
  account: Account,
  orderId: string,
): Promise<Result<WireOrder, Failure>> {
  const wire = await fetchWire(account, orderId)
  if (!wire.ok) return wire
  return wire.value
    ? ok(wire.value)
    : err(except('order-not-found', 'the marketplace does not have this order any more'))
}
