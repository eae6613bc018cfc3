import type { Order } from '../../schemas/canonical/order.ts'
import type { Terms } from '../../schemas/events/order-event.ts'
import { roundingOf } from './sum.ts'

/**
 * A short digest of everything that the ledger keeps of a document except its version. Fulfilled quantities have their
 * own part, because the channel echoes there what we reported; so do holds, because some messages omit them.
 */
export function digestOf({ version: _, holds, lines, ...rest }: Order): string {
  const sold = lines.map(({ fulfilled: _, ...line }) => line)
  const fulfilled = lines.map((line) => line.fulfilled)
  const parts = [digest([rest, sold]), digest(fulfilled), holds ? digest(holds) : '']
  return parts.join('.')
}

/** How one digest differs from another. `silent`: the same, except that it does not state holds. */
export function difference(one: string, other: string): 'none' | 'silent' | 'some' {
  if (one === other) return 'none'
  const [sold, fulfilled, holds] = one.split('.')
  const [sold2, fulfilled2] = other.split('.')
  return sold === sold2 && fulfilled === fulfilled2 && holds === '' ? 'silent' : 'some'
}

/** The digest of a document that does not state holds, which therefore stay unchanged. */
export const heldAs = (silent: string, known: string): string =>
  silent.endsWith('.') ? `${silent}${known.split('.')[2] ?? ''}` : silent

/** Whether two documents have the same holds; a document that does not state them has none. */
export function holdsTheSame(next: string, known: string): boolean {
  const [, , held = ''] = next.split('.')
  const [, , before = ''] = known.split('.')
  return held === before || (before === '' && held === digest([]))
}

/** Whether two documents differ at most in fulfilled quantities and holds. */
export const sellsTheSame = (one: string, other: string): boolean =>
  one.split('.')[0] === other.split('.')[0]

/** The terms of an order that each kind of system is sent, without quantities, which follow from the ledger. */
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

/** A short digest of any JSON value. */
export const digest = (material: unknown): string =>
  cyrb53(JSON.stringify(material ?? null, sorted))

/** Sorts fields, because two mappings may produce the same order from two message formats. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** A public-domain 53-bit string hash (bryc, cyrb53). It distinguishes versions; it is not a security measure. */
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
