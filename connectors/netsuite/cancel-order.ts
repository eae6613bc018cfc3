import { except, type Failure } from '../../domain/failure.ts'
import type { Account, Effect, Subject } from '../../domain/plug.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { readRecord, writeRecord } from './client.ts'
import { toReference } from './create-order.ts'
import { SalesOrderBody, type SalesOrderLine } from './wire.ts'

/** Closes every line of the sales order; closing a closed line changes nothing. */
export const cancelOrder: Effect = {
  safety: { by: 'key' },
  find: 'always',
  look: async (account, subject) => {
    const order = await readSalesOrder(account, subject)
    if (!order.ok || !order.value) return order.ok ? ok(undefined) : order
    return ok(openLines(order.value).length === 0 ? toReference(order.value) : undefined)
  },
  make: async (account, subject) => {
    const order = await readSalesOrder(account, subject)
    if (!order.ok) return order
    if (!order.value) return err(noSuchOrder(subject))
    if (order.value.item.items.some(({ quantityFulfilled = 0 }) => quantityFulfilled > 0)) {
      return err(except('already-fulfilled', 'NetSuite has a fulfilment of this order'))
    }
    const items = openLines(order.value).map(({ line }) => ({ line, isClosed: true }))
    const body = { item: { items } }
    const patched = await writeRecord(account, 'PATCH', `salesOrder/${order.value.id}`, body)
    return patched.ok ? ok(toReference(order.value)) : patched
  },
}

/** The sales order with its lines, by internal id where it is known: that needs no index. */
export function readSalesOrder(
  account: Account,
  { order, references }: Pick<Subject, 'order' | 'references'>,
): Promise<Result<SalesOrderBody | undefined, Failure>> {
  const id = references.erp?.id ?? `eid:${order.id}`
  return readRecord(account, `salesOrder/${id}?expandSubResources=true`, SalesOrderBody)
}

export const noSuchOrder = ({ order }: Pick<Subject, 'order'>): Failure =>
  except('order-not-found', `NetSuite has no sales order ${order.id}`)

/** Lines of these types have nothing to close: they follow the lines above them. */
const bound = ['Discount', 'Markup', 'Subtotal', 'Description']

function openLines({ item, orderStatus }: SalesOrderBody): readonly SalesOrderLine[] {
  if (orderStatus?.id === closed) return []
  return item.items.filter(
    ({ isClosed, itemType }) => !isClosed && !bound.includes(itemType?.id ?? ''),
  )
}

/** The status of a sales order all of whose lines are closed. */
const closed = 'H'
