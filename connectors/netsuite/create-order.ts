import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { numberOf, orderParts, ownName } from '../kit/order-parts.ts'
import { readBack } from '../kit/read-back.ts'
import { readRecord, writeRecord } from './api.ts'
import { readSummary, standingAs } from './sales-orders.ts'
import { customerExternalId, type NetsuiteSettings, reference, settingsOf } from './settings.ts'
import { type Fields, toSalesOrder } from './to-sales-order.ts'
import { RecordBody } from './wire.ts'

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
    const parts = orderParts(subject, 'whole')
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
    const asked = numberOf(parts.value.total, currency)
    const found = await readSummary(account, made.value ?? `eid:${id}`)
    return readBack(
      found.ok && found.value ? ok(standingAs(found.value, { currency, asked })) : found,
    )
  },
}

/** The order's customer: as the cross-references name it, or the one of the settings, or its own, made when there is none. */
async function ensureCustomer(
  account: Account,
  subject: Subject,
  settings: NetsuiteSettings,
): Promise<Result<Fields, Failure>> {
  const known = ownName(subject, 'customer', subject.order.people.customer?.id)
  if (known !== undefined) return ok(reference(known))
  if (settings.customer) return ok({ id: settings.customer })

  const path = `customer/eid:${customerExternalId(subject.order)}?fields=id`
  const found = await readRecord(account, path, RecordBody)
  if (!found.ok) return found
  if (found.value) return ok({ id: found.value.id })

  const body = toCustomer(subject.order, settings)
  const made = await writeRecord(account, 'POST', { path: 'customer', body })
  if (made.ok && made.value) return ok({ id: made.value })
  if (!made.ok && made.error.next !== 'ignore') return made
  // Another order of the same customer was faster, or NetSuite did not name what it made.
  const again = await readRecord(account, path, RecordBody)
  if (!again.ok) return again
  return again.value
    ? ok({ id: again.value.id })
    : err(retry('NetSuite says that the customer exists, and does not show it'))
}

/** NetSuite cuts names at 32 characters, and a person has both. */
const longestName = 32

/** The body that creates a customer: a name and an e-mail address, nothing else of the person. */
function toCustomer(order: Order, settings: NetsuiteSettings): Fields {
  const { customer, billTo, shipTo } = order.people
  const externalId = customerExternalId(order)
  const words = (customer?.name ?? billTo?.name ?? shipTo?.name ?? '').split(/\s+/).filter(Boolean)
  return {
    externalId,
    // Without it an account that numbers nothing by itself makes the name the id, and namesakes collide.
    entityId: externalId,
    isPerson: true,
    firstName: words.slice(0, -1).join(' ').slice(0, longestName) || '-',
    lastName: words.at(-1)?.slice(0, longestName) ?? '-',
    ...(customer?.email && { email: customer.email }),
    subsidiary: { id: settings.subsidiary },
  }
}
