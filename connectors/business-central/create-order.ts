import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { orderParts } from '../kit/order-parts.ts'
import { readBack } from '../kit/read-back.ts'
import { create, list, quoted } from './api.ts'
import { findOrders, findPosted, lagSeconds, standingAs } from './sales-orders.ts'
import { settingsOf } from './settings.ts'
import {
  customerOf,
  type Fields,
  itemNumbers,
  toHead,
  toIdentity,
  toLines,
  type WantedLine,
} from './to-sales-order.ts'
import { CreatedBody, CustomerBody, ItemBody } from './wire.ts'

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
    const [order, ...others] = found.value
    return order ? standingAs(order, others, subject) : findPosted(account, subject)
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
    // The answer to a deep insert does not total its lines.
    const references = { erp: { id: made.value.id } }
    const found = await findOrders(account, { ...subject, references })
    if (!found.ok) return readBack(found)
    const [order] = found.value
    return order ? standingAs(order, [], subject) : readBack(ok(undefined))
  },
}

/** The lines as they shall stand, once every item of them was found. */
export async function wantedLines(
  account: Account,
  subject: Subject,
): Promise<Result<readonly WantedLine[], Failure>> {
  const settings = settingsOf(account)
  const parts = orderParts(subject, 'components')
  if (!parts.ok) return parts
  const items = await findItems(account, itemNumbers(subject, parts.value, settings))
  if (!items.ok) return items
  return ok(toLines(subject, parts.value, { settings, items: items.value }))
}

/**
 * Makes the order's customer where there is none. Its number is ours, so that a second one is refused; a customer that
 * settings or cross-references name is taken as it is.
 */
async function ensureCustomer(
  account: Account,
  subject: Subject,
): Promise<Result<undefined, Failure>> {
  const { number, ours } = customerOf(subject, settingsOf(account))
  if (!ours) return ok(undefined)
  const query = { filter: `number eq ${quoted(number)}`, select: 'number' }
  const found = await list(account, 'customers', { query, schema: CustomerBody })
  if (!found.ok) return found
  if (found.value.length > 0) return ok(undefined)

  const body = toCustomer(subject, number)
  const made = await create(account, 'customers', { body, schema: CustomerBody })
  // Another order of the same customer was faster.
  return made.ok || made.error.next === 'ignore' ? ok(undefined) : made
}

/** A name and an e-mail address, nothing else of the person: addresses are on the order. */
function toCustomer({ order: { people } }: Subject, number: string): Fields {
  const { customer, billTo, shipTo } = people
  const name = customer?.name ?? billTo?.name ?? shipTo?.name ?? 'Guest'
  return {
    number,
    displayName: name.slice(0, 100),
    type: 'Person',
    ...(customer?.email && { email: customer.email.slice(0, 80) }),
  }
}

/** Items asked for in one request: a filter is part of the address, whose length is limited. */
const batch = 20

/** A number is at most 20 characters; a filter with a longer one is refused as a whole. */
const longest = 20

/** The ids of items by their number in upper case, as numbers are kept. Fails where one is unknown or blocked. */
async function findItems(
  account: Account,
  numbers: readonly string[],
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const wanted = [...new Set(numbers.map((number) => number.toUpperCase()))]
  const askable = wanted.filter((number) => number.length <= longest)
  const found = new Map<string, string>()
  for (let at = 0; at < askable.length; at += batch) {
    const filter = askable
      .slice(at, at + batch)
      .map((number) => `number eq ${quoted(number)}`)
      .join(' or ')
    const query = { filter, select: 'id,number,blocked' }
    const items = await list(account, 'items', { query, schema: ItemBody })
    if (!items.ok) return items
    for (const { id, number, blocked } of items.value) {
      if (!blocked) found.set(number.toUpperCase(), id)
    }
  }
  const missing = wanted.filter((number) => !found.has(number))
  if (missing.length === 0) return ok(found)
  const reason = `Business Central has no item ${missing.slice(0, 5).join(', ')}, or it is blocked`
  return err(except('effect-refused', reason))
}
