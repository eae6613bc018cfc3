import { doubt, except, type Failure, retry } from '../../domain/failure.ts'
import type { Account, Effect, Subject } from '../../domain/plug.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { readRecord, writeRecord } from './client.ts'
import { customerExternalId } from './external-id.ts'
import { orderParts, sum } from './order-parts.ts'
import { type NetsuiteSettings, settingsOf } from './settings.ts'
import { toCustomer } from './to-customer.ts'
import { amountOf, toSalesOrder } from './to-sales-order.ts'
import { CreatedOrderBody, RecordBody } from './wire.ts'

/**
 * One sales order per order, keyed by its external id. It is created by POST, which NetSuite refuses when the id is
 * taken, and never by PUT, which adds its lines to those of an order that a lagging look-up did not show.
 */
export const createOrder: Effect = {
  safety: { by: 'key' },
  find: 'always',
  look: async (account, subject) => {
    const path = `salesOrder/eid:${subject.order.id}?fields=id,tranId,total`
    const found = await readRecord(account, path, CreatedOrderBody)
    if (!found.ok || !found.value) return found
    const parts = orderParts(subject)
    return parts.ok ? agreed(found.value, subject.order, sum(parts.value)) : parts
  },
  make: async (account, subject) => {
    const settings = settingsOf(account)
    const parts = orderParts(subject)
    if (!parts.ok) return parts
    const customer = await ensureCustomer(account, subject.order, settings)
    if (!customer.ok) return customer

    const body = toSalesOrder(subject.order, parts.value, { settings, customer: customer.value })
    const made = await writeRecord(account, 'POST', 'salesOrder', body)
    if (made.ok)
      return readBack(account, { order: subject.order, id: made.value }, sum(parts.value))
    return made.error.next === 'ignore' ? standing(account, subject) : err(made.error)
  },
}

export const toReference = ({ id, tranId }: RecordBody): Reference => ({
  id,
  ...(tranId && { number: tranId }),
})

/** The internal id of the order's customer, created when there is none. */
async function ensureCustomer(
  account: Account,
  order: Order,
  settings: NetsuiteSettings,
): Promise<Result<string, Failure>> {
  if (settings.customer) return ok(settings.customer)
  const path = `customer/eid:${customerExternalId(order)}?fields=id`
  const found = await readRecord(account, path, RecordBody)
  if (!found.ok) return found
  if (found.value) return ok(found.value.id)

  const made = await writeRecord(account, 'POST', 'customer', toCustomer(order, settings))
  if (made.ok && made.value) return ok(made.value)
  if (!made.ok && made.error.next !== 'ignore') return made
  // Another order of the same customer was faster, or NetSuite did not name what it made.
  const again = await readRecord(account, path, RecordBody)
  if (!again.ok) return again
  return again.value
    ? ok(again.value.id)
    : err(retry('NetSuite says that the customer exists, and does not show it'))
}

/** It was there all along, though the look-up before did not show it. */
async function standing(account: Account, subject: Subject): Promise<Result<Reference, Failure>> {
  const found = await createOrder.look?.(account, subject)
  return found?.ok && found.value
    ? ok(found.value)
    : err(doubt('NetSuite says that the order exists, and does not show it yet'))
}

/** The order is made: from here on a failure is doubt, and the next look-up finds it. */
async function readBack(
  account: Account,
  { order, id }: { readonly order: Order; readonly id: string | undefined },
  total: Minor,
): Promise<Result<Reference, Failure>> {
  const path = `salesOrder/${id ?? `eid:${order.id}`}?fields=id,tranId,total`
  const found = await readRecord(account, path, CreatedOrderBody)
  if (!found.ok) return err(doubt(`created, but not read back: ${found.error.reason}`))
  if (!found.value) return err(doubt('created, but not to be seen yet'))

  return agreed(found.value, order, total)
}

/** The order that is there, unless NetSuite makes another total of it: an exception for as long as that is so. */
function agreed(
  { id, tranId, total: theirs }: CreatedOrderBody,
  order: Order,
  total: Minor,
): Result<Reference, Failure> {
  const expected = amountOf(total, order.currency)
  if (theirs === undefined || theirs === expected) return ok(toReference({ id, tranId }))
  const reason = `NetSuite makes ${theirs} of ${expected} ${order.currency} in sales order ${tranId ?? id}`
  return err(except('money-mismatch', reason))
}
