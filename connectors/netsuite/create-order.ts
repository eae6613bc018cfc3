import type { Account } from '../../domain/account.ts'
import type { Effect } from '../../domain/effects/effect.ts'
import { doubt, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { writeRecord } from './api.ts'
import { ensureCustomer } from './ensure-customer.ts'
import { orderParts, sum } from './order-parts.ts'
import { settingsOf } from './settings.ts'
import { type Asked, readSummary, standingAs } from './standing.ts'
import { amountOf, toSalesOrder } from './to-sales-order.ts'

/**
 * One sales order per order, keyed by its external id. It is created by POST, which NetSuite refuses when the id is
 * taken, and never by PUT, which adds its lines to those of an order that a lagging look-up did not show.
 */
export const createOrder: Effect = {
  safety: { by: 'key' },
  find: 'always',
  look: async (account, { order: { id, currency } }) => {
    const found = await readSummary(account, `eid:${id}`)
    return found.ok && found.value ? ok(standingAs(found.value, { currency })) : found
  },
  make: async (account, subject) => {
    const settings = settingsOf(account)
    const parts = orderParts(subject)
    if (!parts.ok) return parts
    const entity = await ensureCustomer(account, subject, settings)
    if (!entity.ok) return entity

    const body = toSalesOrder(subject, parts.value, { settings, entity: entity.value })
    const made = await writeRecord(account, 'POST', { path: 'salesOrder', body })
    if (!made.ok && made.error.next === 'ignore') {
      // What an earlier attempt asked for may be another order than this one: only a look-up takes it for what it is.
      return err(doubt('NetSuite has this order from an attempt before'))
    }
    if (!made.ok) return made
    const { currency, id } = subject.order
    const asked = amountOf(sum(parts.value), currency)
    return readBack(account, made.value ?? `eid:${id}`, { currency, asked })
  },
}

/** The order is written: from here on a failure is doubt, and the next look-up finds it. */
export async function readBack(
  account: Account,
  id: string,
  asked: Asked,
): Promise<Result<Reference, Failure>> {
  const found = await readSummary(account, id)
  if (!found.ok) return err(doubt(`written, but not read back: ${found.error.reason}`))
  if (!found.value) return err(doubt('written, but not to be seen yet'))
  return ok(standingAs(found.value, asked))
}
