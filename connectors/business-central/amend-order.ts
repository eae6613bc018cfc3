import type { Account } from '../../domain/account.ts'
import type { Effect } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { change, create } from './api.ts'
import { wantedLines } from './create-order.ts'
import { readMark } from './marks.ts'
import { at, findOrders, lagSeconds, standingAs, withOrder } from './sales-orders.ts'
import { type Fields, toHead, type WantedLine } from './to-sales-order.ts'
import { CreatedBody, type LineBody, type OrderBody } from './wire.ts'

/**
 * Sets the order to what it shall be, one ETag at a time. An added line is the one thing that a repetition would double
 * while the first is still under way: hence the look-up, and its lag.
 */
export const amendOrder: Effect = {
  safety: { by: 'lookup', lagSeconds },
  find: 'always',
  look: async (account, subject) => {
    const lines = await wantedLines(account, subject)
    if (!lines.ok) return lines
    const found = await findOrders(account, subject)
    if (!found.ok) return found
    const [order, ...others] = found.value
    if (!order) return ok(undefined)
    const changes = orderChanges(order, toHead(subject), lines.value)
    // What cannot be done is not done.
    if (!changes.ok || !isNothing(changes.value)) return ok(undefined)
    return standingAs(order, others, subject)
  },
  make: async (account, subject) => {
    const lines = await wantedLines(account, subject)
    if (!lines.ok) return lines
    return withOrder<Reference>(account, subject, {
      step: async (order, others) => {
        const changes = orderChanges(order, toHead(subject), lines.value)
        if (!changes.ok) return changes
        if (isNothing(changes.value)) return standingAs(order, others, subject)
        const done = await apply(account, order, changes.value)
        return done.ok ? ok('stale') : done
      },
    })
  },
}

/** As far as every record is the one that was read: then the whole is compared anew. */
async function apply(
  account: Account,
  order: OrderBody,
  { head, drop, alter, add }: Changes,
): Promise<Result<unknown, Failure>> {
  const path = `salesOrders(${order.id})`
  const steps = [
    ...(Object.keys(head).length > 0
      ? [{ method: 'PATCH', path, etag: order['@odata.etag'], body: head } as const]
      : []),
    ...drop.map((line) => ({ method: 'DELETE', ...at(path, line) }) as const),
    ...alter.map(({ line, body }) => ({ method: 'PATCH', ...at(path, line), body }) as const),
  ]
  for (const step of steps) {
    const done = await change(account, step)
    if (!done.ok || done.value === 'stale') return done
  }
  for (const { body } of add) {
    const made = await create(account, `${path}/salesOrderLines`, { body, schema: CreatedBody })
    if (!made.ok) return made
  }
  return ok(undefined)
}

/** What has to be done to an order so that it stands as wanted; nothing, when it does. */
interface Changes {
  readonly head: Fields
  readonly drop: readonly LineBody[]
  readonly alter: readonly { readonly line: LineBody; readonly body: Fields }[]
  readonly add: readonly WantedLine[]
}

/**
 * Compares an order with what it shall be. Lines are matched by their marks; those without one were added by people
 * and stay. Fails with `already-fulfilled` where units that left would have to go.
 */
function orderChanges(
  order: OrderBody,
  head: Fields,
  wanted: readonly WantedLine[],
): Result<Changes, Failure> {
  const standing = new Map<string, LineBody>()
  const drop: LineBody[] = []
  for (const line of order.salesOrderLines) {
    const key = readMark(line.description2)?.key
    if (key === undefined) continue
    const want = wanted.find((candidate) => candidate.key === key)
    if (want && !standing.has(key) && isSameThing(line, want)) standing.set(key, line)
    else drop.push(line)
  }
  const alter = wanted.flatMap((want) => {
    const line = standing.get(want.key)
    const body = line ? different(line, alterable(want)) : {}
    return line && Object.keys(body).length > 0 ? [{ line, body }] : []
  })
  const gone =
    drop.find(({ shippedQuantity }) => shippedQuantity > 0) ??
    alter.find(({ line, body }) => Number(body['quantity'] ?? Infinity) < line.shippedQuantity)
      ?.line
  if (gone) {
    const reason = `${gone.shippedQuantity} of line ${readMark(gone.description2)?.key} are shipped in sales order ${order.number}`
    return err(except('already-fulfilled', reason))
  }
  const add = wanted.filter(({ key }) => !standing.has(key))
  return ok({ head: different(order, head), drop, alter, add })
}

const isNothing = ({ head, drop, alter, add }: Changes): boolean =>
  Object.keys(head).length + drop.length + alter.length + add.length === 0

/** What a line is cannot be changed: another item is another line. */
const identity = ['lineType', 'itemId', 'lineObjectNumber']

const isSameThing = (line: LineBody, { body }: WantedLine): boolean =>
  identity.every((field) => body[field] === undefined || same(line[field], body[field]))

/** The mark is left as it is: it may name a parcel besides. */
const alterable = ({ body }: WantedLine): Fields =>
  Object.fromEntries(
    Object.entries(body).filter(([field]) => ![...identity, 'description2'].includes(field)),
  )

const different = (standing: Readonly<Record<string, unknown>>, wanted: Fields): Fields =>
  Object.fromEntries(Object.entries(wanted).filter(([field, want]) => !same(standing[field], want)))

/** Codes come back in upper case, and what is blank may be left out. */
function same(have: unknown, want: string | number | undefined): boolean {
  if (typeof want === 'number') return Number(have ?? 0) === want
  return (
    String(have ?? '')
      .trim()
      .toUpperCase() ===
    String(want ?? '')
      .trim()
      .toUpperCase()
  )
}
