import type { z } from 'zod'

/** Attributes that the tables add to a record: keys, index and condition attributes, expiry. */
const added: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'dirtyShard',
  'dirtyAt',
  'expiresAt',
  'free',
])

/** The record in an item, with unknown fields and without the table's attributes. */
export const storedRecord = <T>(schema: z.ZodType<T>, item: Readonly<Record<string, unknown>>): T =>
  schema.parse(Object.fromEntries(Object.entries(item).filter(([name]) => !added.has(name))))
