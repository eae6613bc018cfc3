import { z } from 'zod'
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
export async function sendMessage(QueueUrl: string | undefined, message: Outgoing): Promise<void> {
  await ask('SendMessage', { QueueUrl, ...entryOf(message) })
}

/** Bytes of a request for several; SQS takes a megabyte, of which JSON in JSON is the larger part. */
const room = 250_000

/** Sends some messages, as many with a request as it takes; throws when the queue has not got them all. */
export async function sendMessages(
  QueueUrl: string | undefined,
  messages: readonly Outgoing[],
): Promise<void> {
  for (const some of packets(messages)) {
    const Entries = some.map((message, i) => ({ Id: String(i), ...entryOf(message) }))
    const answer = await ask('SendMessageBatch', { QueueUrl, Entries })
    const { Failed = [] } = Answer.parse(answer)
    if (Failed.length > 0) throw new Error(`SQS did not take ${Failed.length} messages`)
  }
}

const Answer = z.object({ Failed: z.array(z.unknown()).optional() })

/** Ten at most, or fewer where they are large; one that is larger goes alone. */
function packets(messages: readonly Outgoing[]): readonly (readonly Outgoing[])[] {
  const all: Outgoing[][] = []
  let left = 0
  for (const message of messages) {
    const size = Buffer.byteLength(message.body)
    const last = all.at(-1)
    if (last && last.length < 10 && size <= left) last.push(message)
    else {
      all.push([message])
      left = room
    }
    left -= size
  }
  return all
}

const ask = (action: string, body: unknown): Promise<unknown> =>
  callAws({ service: 'sqs', target: `AmazonSQS.${action}`, version: '1.0', body })

const entryOf = ({ body, group, delay }: Outgoing) => ({
  MessageBody: body,
  ...(delay !== undefined && { DelaySeconds: delay }),
  ...(group && { MessageGroupId: group.replace('/', '.') }),
})
