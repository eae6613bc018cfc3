import { z } from 'zod'

/** What a system calls the thing it made: its internal id, and the number people use when it is another. */
export const Reference = z.object({
  id: z.string(),
  number: z.string().optional(),
  /** How the system's document differs from what it was asked for, in words for finance: it stands, but somebody has to look. */
  differs: z.string().optional(),
})
export type Reference = z.infer<typeof Reference>
