import { type Loose, parseExactly } from '../kit/body.ts'

export const textOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : null
}

export const unitsOf = (value: unknown, otherwise = 0): number =>
  Number.isSafeInteger(value) ? Number(value) : otherwise

/** The digits of a thing's id; its GraphQL id wins over a number that may be damaged. */
export function idOf(thing: Loose): string | undefined {
  const gid = /^gid:\/\/shopify\/\w+\/(\d+)/.exec(textOf(thing['admin_graphql_api_id']) ?? '')?.[1]
  const id = textOf(thing['id'])
  return gid ?? (id && /^\d+$/.test(id) ? id : undefined)
}

export const momentOf = (value: unknown): number => Date.parse(textOf(value) ?? '')

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
  return shortInstant(new Date(seconds * 1000))
}

/** To the second, with an offset. */
export const shortInstant = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, '+00:00')

/** The digits that end a GraphQL id. */
export const digits = (gid: string): string => /(\d+)$/.exec(gid)?.[1] ?? '0'

/** A number of any length, as JSON has it. */
export const exactId = (id: string): unknown => parseExactly(`{"id":${id}}`)['id']
