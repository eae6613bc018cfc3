import type { ConnectionId } from '../schemas/canonical/identity.ts'
import { callAws } from './aws.ts'

interface Outgoing {
  readonly body: string
  /** Keeps a queue fair: one noisy connection does not delay the others. */
  readonly group?: ConnectionId | undefined
  /** Seconds until it can be received. @default 0 */
  readonly delay?: number
}

/** Sends one message; resolves when the queue has it. */
export async function sendMessage(
  QueueUrl: string | undefined,
  { body, group, delay }: Outgoing,
): Promise<void> {
  await callAws({
    service: 'sqs',
    target: 'AmazonSQS.SendMessage',
    version: '1.0',
    body: {
      QueueUrl,
      MessageBody: body,
      ...(delay !== undefined && { DelaySeconds: delay }),
      ...(group && { MessageGroupId: group.replace('/', '.') }),
    },
  })
}
