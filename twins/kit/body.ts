/** A JSON object of which nothing is known: bodies come from anyone, and a twin keeps what it gets. */
export type Loose = Readonly<Record<string, unknown>>

export const loose = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}

export const listOf = (value: unknown): readonly Loose[] =>
  Array.isArray(value) ? value.map(loose) : []

/** JSON with integers beyond 2^53 as text, digit for digit; `undefined` when it is not JSON. */
export function readJson(text: string): unknown {
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch {
    return undefined
  }
}

interface Source {
  readonly source?: string
}

const keepDigits = (_key: string, value: unknown, { source = '' }: Source = {}): unknown =>
  typeof value === 'number' && /^-?\d{16,}$/.test(source) && !Number.isSafeInteger(value)
    ? source
    : value

// TypeScript 6.0 does not know JSON.rawJSON (ES2026) yet; Node 24 has it.
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown }

/** `JSON.parse` whose result `JSON.stringify` writes with the very digits that were read, such as 12.50. */
export const parseExactly = (text: string): Loose =>
  loose(
    JSON.parse(text, (_key, value: unknown, { source }: Source = {}) =>
      typeof value === 'number' && source && String(value) !== source ? rawJSON(source) : value,
    ),
  )
