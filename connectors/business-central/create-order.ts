import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { create } from './api.ts'
import { ensureCustomer } from './ensure-customer.ts'
import { findItems } from './find-items.ts'
import { agreed, findOrders, findPosted, lagSeconds } from './find-order.ts'
import { documentNumber } from './marks.ts'
import { orderParts, totalOf } from './order-parts.ts'
import { settingsOf } from './settings.ts'
import { itemNumbers, toLines, type WantedLine } from './to-lines.ts'
import { toHead, toIdentity } from './to-sales-order.ts'
import { CreatedBody, type OrderBody } from './wire.ts'

/**
 * One sales order per order, found by its external document number, which Business Central lets any number of orders
 * carry: nothing but looking, and one worker at a time, keeps a second one away.
 */
export const createOrder: Effect = {
  safety: { by: 'lookup', lagSeconds },
  find: 'always',
  look: async (account, subject) => {
    const found = await findOrders(account, { ...subject, references: {} })
    if (!found.ok) return found
    return found.value.length === 0 ? findPosted(account, subject) : standing(found.value, subject)
  },
  make: async (account, subject) => {
    const lines = await wantedLines(account, subject)
    if (!lines.ok) return lines
    const customer = await ensureCustomer(account, subject)
    if (!customer.ok) return customer

    const body = {
      ...toIdentity(subject, settingsOf(account)),
      ...toHead(subject),
      salesOrderLines: lines.value.map((line) => line.body),
    }
    const made = await create(account, 'salesOrders', { body, schema: CreatedBody })
    if (!made.ok) return made.error.next === 'ignore' ? err(doubt(made.error.reason)) : made
    return readBack(account, subject, made.value.id)
  },
}

/** The lines as they shall stand, once every item of them was found. */
export async function wantedLines(
  account: Account,
  subject: Subject,
): Promise<Result<readonly WantedLine[], Failure>> {
  const settings = settingsOf(account)
  const parts = orderParts(subject)
  if (!parts.ok) return parts
  const items = await findItems(account, itemNumbers(subject, parts.value, settings))
  if (!items.ok) return items
  return ok(toLines(subject, parts.value, { settings, items: items.value }))
}

/** The one that stands, with whatever finance has to know of it. */
export function standing(
  [first, ...others]: readonly OrderBody[],
  subject: Subject,
): Result<Reference | undefined, Failure> {
  if (!first) return ok(undefined)
  const parts = orderParts(subject)
  if (!parts.ok) return parts
  const reference = agreed(first, subject.order, totalOf(subject.order, parts.value))
  if (others.length === 0) return ok(reference)
  const numbers = [first, ...others].map(({ number }) => number).join(', ')
  const differs = `several sales orders carry ${documentNumber(subject)}: ${numbers}`
  return ok({ ...reference, differs })
}

/** The order is made: from here on a failure is doubt. The answer to a deep insert does not total its lines. */
async function readBack(
  account: Account,
  subject: Subject,
  id: string,
): Promise<Result<Reference, Failure>> {
  const found = await findOrders(account, { ...subject, references: { erp: { id } } })
  if (!found.ok) return err(doubt(`created, but not read back: ${found.error.reason}`))
  const reference = standing(found.value, subject)
  if (!reference.ok) return reference
  return reference.value ? ok(reference.value) : err(doubt('created, but not to be seen yet'))
}
