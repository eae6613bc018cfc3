import type { Effect } from '../../domain/effects/effect.ts'
import { except } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { writeRecord } from './api.ts'
import { memoOf, noSuchOrder, readSalesOrder } from './sales-orders.ts'
import type { Fields } from './to-sales-order.ts'
import { type SalesOrderBody, type SalesOrderLine, toReference } from './wire.ts'

/** Closes every line of the sales order; closing a closed line changes nothing. */
export const cancelOrder: Effect = {
  safety: { by: 'key' },
  find: 'always',
  look: async (account, subject) => {
    const order = await readSalesOrder(account, subject)
    if (!order.ok || !order.value) return order.ok ? ok(undefined) : order
    return ok(closing(order.value, subject.order) ? undefined : toReference(order.value))
  },
  make: async (account, subject) => {
    const order = await readSalesOrder(account, subject)
    if (!order.ok) return order
    if (!order.value) return err(noSuchOrder(subject))
    if (order.value.item.items.some(({ quantityFulfilled = 0 }) => quantityFulfilled > 0)) {
      return err(except('already-fulfilled', 'NetSuite has a fulfilment of this order'))
    }
    const body = closing(order.value, subject.order)
    if (!body) return ok(toReference(order.value))
    const patched = await writeRecord(account, 'PATCH', {
      path: `salesOrder/${order.value.id}`,
      body,
    })
    return patched.ok ? ok(toReference(order.value)) : patched
  },
}

/** Closes what is open; `undefined` when nothing is. The memo says that nothing was asked to stand, so that it was we. */
export function closing(standing: SalesOrderBody, order: Order): Fields | undefined {
  const lines = openLines(standing)
  if (lines.length === 0) return undefined
  // Also with `replace=item` no line is lost: every one is named.
  const items = standing.item.items.map((line) => ({
    line: line.line,
    ...(lines.includes(line) && { isClosed: true }),
  }))
  return { memo: memoOf(order, 0), item: { items } }
}

/** Lines of these types have nothing to close: they follow the lines above them. */
const bound = ['Discount', 'Markup', 'Subtotal', 'Description']

function openLines({ item, orderStatus }: SalesOrderBody): readonly SalesOrderLine[] {
  if (over.includes(orderStatus?.id ?? '')) return []
  return item.items.filter(
    ({ isClosed, itemType }) => !isClosed && !bound.includes(itemType?.id ?? ''),
  )
}

/** A sales order that was cancelled, and one all of whose lines are closed. */
const over = ['C', 'H']
