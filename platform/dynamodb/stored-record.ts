import type { z } from 'zod'

/** What the tables of stock and cross-references add to a record: its keys, and what indexes, conditions and expiry go by. */
const added: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'dirtyShard',
  'dirtyAt',
  'expiresAt',
  'free',
])

/** The record in an item, with fields that this version does not know and without those that its table adds. */
export const storedRecord = <T>(schema: z.ZodType<T>, item: Readonly<Record<string, unknown>>): T =>
  schema.parse(Object.fromEntries(Object.entries(item).filter(([name]) => !added.has(name))))
