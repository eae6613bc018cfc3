import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { Fault } from '../../domain/fault.ts'
import { sqs } from './client.ts'
import { entryOf, type Outgoing } from './entry.ts'

/** Bytes per request; SQS allows a megabyte, and JSON in JSON grows. */
const room = 250_000

/** Sends messages, as many per request as fit; throws unless the queue has all of them. */
export async function sendMessages(QueueUrl: string, messages: readonly Outgoing[]): Promise<void> {
  for (const some of packets(messages)) {
    const Entries = some.map((message, i) => ({ Id: String(i), ...entryOf(message) }))
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    if (Failed.length > 0) throw new Fault(`SQS rejected ${Failed.length} messages`)
  }
}

/** At most ten, fewer if they are large; a larger one is sent alone. */
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
