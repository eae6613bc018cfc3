import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** One message of a channel or system on the intake queue, byte for byte. */
export const IntakeMessage = z.object({
  connection: ConnectionId,
  via: z.enum(['webhook', 'sweep']),
  headers: z.record(z.string(), z.string()),
  receivedAt: Instant,
  traceparent: z.string(),
  /** The raw body as gzip in base64, because SQS rejects some Unicode characters. */
  body: z.base64(),
  /** How often it was requeued. */
  again: z.int().default(0),
})
export type IntakeMessage = z.infer<typeof IntakeMessage>
