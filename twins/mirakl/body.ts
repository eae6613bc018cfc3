/** A JSON object of which nothing is known: bodies come from anyone, and the twin keeps what it gets. */
export type Loose = Readonly<Record<string, unknown>>

export const loose = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}

export const listOf = (value: unknown): readonly Loose[] =>
  Array.isArray(value) ? value.map(loose) : []

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

// TypeScript 6.0 does not know JSON.rawJSON (ES2026) yet; Node 24 has it.
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown }

/** `JSON.parse` whose result `JSON.stringify` writes with the very digits that were read, such as 12.50. */
export const parseExactly = (text: string): Loose =>
  loose(
    JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && context?.source && String(value) !== context.source
        ? rawJSON(context.source)
        : value,
    ),
  )

/** A number however it was kept or sent; Mirakl takes amounts in quotes too. */
export const numberOf = (value: unknown): number => {
  if (value === undefined || value === null) return 0
  const number = Number(typeof value === 'string' ? value : JSON.stringify(value))
  return Number.isFinite(number) ? number : 0
}

/** Sums of amounts without the dust of binary fractions. */
export const plus = (...amounts: readonly number[]): number =>
  Number(amounts.reduce((all, amount) => all + amount, 0).toFixed(4))
