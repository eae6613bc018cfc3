import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { callAws } from '../http/aws.ts'

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

/** Several messages as SQS takes them, ten at most, each with a name of its own there. */
export interface Batch {
  readonly QueueUrl: string | undefined
  readonly Entries: ({ readonly Id: string } & ReturnType<typeof entryOf>)[]
}

/** Sends several with one request; the answer says which of them the queue has not got. */
export const sendBatch = (batch: Batch): Promise<unknown> => askSqs('SendMessageBatch', batch)

const askSqs = (action: string, body: unknown): Promise<unknown> =>
  callAws({ service: 'sqs', target: `AmazonSQS.${action}`, version: '1.0', body })

/** A message as SQS takes it. */
export const entryOf = ({ body, group, delay }: Outgoing) => ({
  MessageBody: body,
  ...(delay !== undefined && { DelaySeconds: delay }),
  ...(group && { MessageGroupId: group.replace('/', '.') }),
})
