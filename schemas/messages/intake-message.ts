import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** What the intake queue carries: one message of a channel or system, byte for byte. */
export const IntakeMessage = z.object({
  connection: ConnectionId,
  via: z.enum(['webhook', 'sweep']),
  headers: z.record(z.string(), z.string()),
  receivedAt: Instant,
  traceparent: z.string(),
  /** The raw body: gzip, then base64, because SQS refuses some of Unicode. */
  body: z.base64(),
  /** How often it was put back, and why. */
  again: z.int().default(0),
})
export type IntakeMessage = z.infer<typeof IntakeMessage>
