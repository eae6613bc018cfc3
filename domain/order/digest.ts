import type { Order } from '../../schemas/canonical/order.ts'
import type { Terms } from '../../schemas/events/order-event.ts'
import { roundingOf } from './sum.ts'

/**
 * A short digest of everything the ledger keeps of a document but its version: two bodies that differ in anything differ
 * here. What was fulfilled has a part of its own, because the channel repeats there what it was told of our parcels; so have
 * holds, because some messages do not speak of them.
 */
export function digestOf({ version: _, holds, lines, ...rest }: Order): string {
  const sold = lines.map(({ fulfilled: _, ...line }) => line)
  const fulfilled = lines.map((line) => line.fulfilled)
  const parts = [digest([rest, sold]), digest(fulfilled), holds ? digest(holds) : '']
  return parts.join('.')
}

/** How the document of one digest stands to that of another: a `silent` one says the same and does not speak of holds. */
export function difference(one: string, other: string): 'none' | 'silent' | 'some' {
  if (one === other) return 'none'
  const [sold, fulfilled, holds] = one.split('.')
  const [sold2, fulfilled2] = other.split('.')
  return sold === sold2 && fulfilled === fulfilled2 && holds === '' ? 'silent' : 'some'
}

/** The digest of a document that does not speak of holds, which therefore stay as they were. */
export const heldAs = (silent: string, known: string): string =>
  silent.endsWith('.') ? `${silent}${known.split('.')[2] ?? ''}` : silent

/** Whether two documents speak of the same holds; none is what is not spoken of. */
export function holdsTheSame(next: string, known: string): boolean {
  const [, , held = ''] = next.split('.')
  const [, , before = ''] = known.split('.')
  return held === before || (before === '' && held === digest([]))
}

/** Whether two documents differ at most in what was fulfilled and held. */
export const sellsTheSame = (one: string, other: string): boolean =>
  one.split('.')[0] === other.split('.')[0]

/** What each kind of system is told of an order, quantities apart, because those follow from the ledger. */
export function termsOf(order: Order): Terms {
  const { lines, shipping, people } = order
  const goods = lines.filter((line) => line.shippable).map(({ id, sku, unit }) => [id, sku, unit])
  const methods = shipping.map(({ title, code }) => [title, code])
  const rounding = roundingOf(order)
  return {
    erp: digest(materialOf(order)),
    wms: digest([goods, methods, people.shipTo, people.note]),
    parcel: `${digest([methods, people.shipTo])}.${digest(people.note)}`,
    ...(rounding !== 0 && { rounding }),
  }
}

function materialOf({ lines, shipping, charges, discount, tax, total, currency, people }: Order) {
  const sold = lines.map(({ fulfilled: _, removed: __, title: ___, ...line }) => line)
  return [sold, shipping, charges, discount, tax, total, currency, people.shipTo, people.note]
}

/** A short digest of anything that JSON can hold. */
export const digest = (material: unknown): string =>
  cyrb53(JSON.stringify(material ?? null, sorted))

/** Fields in one order, because a channel's two shapes of one order may be written by two mappings. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/**
 * A public-domain 53-bit string hash (bryc, cyrb53): it tells versions of one order apart, it does not protect anything.
 */
function cyrb53(text: string): string {
  let h1 = 0xdeadbeef
  let h2 = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    h1 = Math.imul(h1 ^ c, 2654435761)
    h2 = Math.imul(h2 ^ c, 1597334677)
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909)
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909)
  return (4294967296 * (2097151 & h2) + (h1 >>> 0)).toString(36)
}
