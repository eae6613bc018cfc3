import { gzipSync } from 'node:zlib'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'

interface Taken {
  readonly raw: Uint8Array
  readonly traceparent: string
}

/** The intake message: the body byte for byte, as if the connection had sent a webhook. */
export const intakeMessage = (
  connection: ConnectionId,
  { raw, traceparent }: Taken,
  now: Date,
): IntakeMessage => ({
  connection,
  via: 'webhook',
  headers: {},
  receivedAt: now.toISOString(),
  traceparent,
  body: gzipSync(raw, { level: 4 }).toString('base64'),
  again: 0,
})
