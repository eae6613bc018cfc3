import { z } from 'zod'

/** A system's id of a document, and the number people use if it is different. */
export const Reference = z.object({
  id: z.string(),
  number: z.string().optional(),
  /** How the system's document differs from the request, as text for finance: it exists, but a person must check it. */
  differs: z.string().optional(),
})
export type Reference = z.infer<typeof Reference>
