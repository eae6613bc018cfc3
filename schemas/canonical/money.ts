import { z } from 'zod'

/** ISO 4217 alphabetic code. */
export const Currency = z.string().regex(/^[A-Z]{3}$/)
export type Currency = z.infer<typeof Currency>

/** Integer minor units of the document's one currency; a float never carries money. */
export const Minor = z.int()
export type Minor = z.infer<typeof Minor>
