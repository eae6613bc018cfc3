import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Page } from '../../domain/poll.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { traceparentOf } from '../telemetry/trace.ts'
import { sendMessages } from './send-messages.ts'

const zip = promisify(gzip)

/** Puts the result of a poll on the intake queue, one message each. */
export const enqueueIntake =
  (queueUrl: string, connection: ConnectionId) =>
  async (deliveries: Page['deliveries'], receivedAt: Instant): Promise<void> => {
    const messages = await Promise.all(
      deliveries.map(
        async ({ headers, body }): Promise<IntakeMessage> => ({
          connection,
          via: 'sweep',
          headers,
          receivedAt,
          traceparent: traceparentOf(),
          body: (await zip(body)).toString('base64'),
          again: 0,
        }),
      ),
    )
    await sendMessages(
      queueUrl,
      messages.map((message) => ({ body: JSON.stringify(message), group: connection })),
    )
  }
