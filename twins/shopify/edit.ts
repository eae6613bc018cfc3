import { type Loose, momentOf, parseExactly } from './body.ts'

/** The order with these fields of its body changed, as Shopify would now send it; every other digit stays. */
export function edited<T extends { readonly body: string }>(
  stored: T,
  change: (exact: Loose) => Loose,
): T {
  const exact = parseExactly(stored.body)
  const body = JSON.stringify({ ...exact, ...change(exact), updated_at: nextUpdate(exact) })
  return { ...stored, body }
}

/** A second later: Shopify stamps by the second, and a version must never repeat or overtake what a sender says next. */
export function nextUpdate(wire: Loose): string {
  const last = momentOf(wire['updated_at'])
  const seconds = Math.floor((Number.isNaN(last) ? 0 : last) / 1000) + 1
  return new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00')
}
