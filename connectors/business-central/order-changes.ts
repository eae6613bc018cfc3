import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { readMark } from './marks.ts'
import type { WantedLine } from './to-lines.ts'
import type { Fields } from './to-sales-order.ts'
import type { LineBody, OrderBody } from './wire.ts'

/** What has to be done to an order so that it stands as wanted; nothing, when it does. */
export interface Changes {
  readonly head: Fields
  readonly drop: readonly LineBody[]
  readonly alter: readonly { readonly line: LineBody; readonly body: Fields }[]
  readonly add: readonly WantedLine[]
}

/**
 * Compares an order with what it shall be. Lines are matched by their marks; those without one were added by people
 * and stay. Fails with `already-fulfilled` where units that left would have to go.
 */
export function orderChanges(
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

export const isNothing = ({ head, drop, alter, add }: Changes): boolean =>
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
