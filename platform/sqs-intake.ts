import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Page } from '../domain/plug.ts'
import type { ConnectionId } from '../schemas/canonical/identity.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import type { IntakeMessage } from '../schemas/messages/intake-message.ts'
import { traceparentOf } from './trace.ts'

const zip = promisify(gzip)

/** Puts what a sweep read on the intake queue, one message each: a page may exceed what one batch can carry. */
export const enqueueIntake =
  (client: SQSClient, QueueUrl: string, connection: ConnectionId) =>
  async (deliveries: Page['deliveries'], receivedAt: Instant): Promise<void> => {
    const send = async ({ headers, body }: Page['deliveries'][number]): Promise<void> => {
      const message: IntakeMessage = {
        connection,
        via: 'sweep',
        headers,
        receivedAt,
        traceparent: traceparentOf(),
        body: (await zip(body)).toString('base64'),
        again: 0,
      }
      await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: JSON.stringify(message),
          MessageGroupId: connection.replace('/', '.'),
        }),
      )
    }
    await Promise.all(deliveries.map(send))
  }
