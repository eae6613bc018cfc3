/** A JSON object of which nothing is known: bodies come from anyone, and the twin keeps what it gets. */
export type Loose = Readonly<Record<string, unknown>>

export const loose = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}

export const listOf = (value: unknown): readonly Loose[] =>
  Array.isArray(value) ? value.map(loose) : []

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

// TypeScript 6.0 does not know JSON.rawJSON (ES2026) yet; Node 24 has it.
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown }

/** `JSON.parse` whose result `JSON.stringify` writes with the very digits that were read. */
export const parseExactly = (text: string): Loose =>
  loose(
    JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && context?.source && String(value) !== context.source
        ? rawJSON(context.source)
        : value,
    ),
  )
