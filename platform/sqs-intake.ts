import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Page } from '../domain/plug.ts'
import type { ConnectionId } from '../schemas/canonical/identity.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import { sendIntake } from './send-intake.ts'
import { traceparentOf } from './trace.ts'

const zip = promisify(gzip)

/** Puts what a sweep read on the intake queue, one message each: a page may exceed what one batch can carry. */
export function enqueueIntake(queueUrl: string, connection: ConnectionId) {
  const send = sendIntake(queueUrl)
  return async (deliveries: Page['deliveries'], receivedAt: Instant): Promise<void> => {
    await Promise.all(
      deliveries.map(async ({ headers, body }) =>
        send({
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
  }
}
