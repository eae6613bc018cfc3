import type { ConnectionId } from '../schemas/canonical/identity.ts'
import { callAws } from './aws.ts'

/** A message on its way. */
export interface Outgoing {
  readonly body: string
  /** Keeps a queue fair: one noisy connection does not delay the others. */
  readonly group?: ConnectionId | undefined
  /** Seconds until it can be received. @default 0 */
  readonly delay?: number
}

/** Sends one message; resolves when the queue has it. */
export async function sendMessage(QueueUrl: string | undefined, message: Outgoing): Promise<void> {
  await askSqs('SendMessage', { QueueUrl, ...entryOf(message) })
}

/** Asks something of SQS. */
export const askSqs = (action: string, body: unknown): Promise<unknown> =>
  callAws({ service: 'sqs', target: `AmazonSQS.${action}`, version: '1.0', body })

/** A message as SQS takes it. */
export const entryOf = ({ body, group, delay }: Outgoing) => ({
  MessageBody: body,
  ...(delay !== undefined && { DelaySeconds: delay }),
  ...(group && { MessageGroupId: group.replace('/', '.') }),
})
