import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { sqs } from './client.ts'
import { entryOf, type Outgoing } from './entry.ts'

/** Sends one message; resolves when the queue has it. */
export async function sendMessage(QueueUrl: string, message: Outgoing): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl, ...entryOf(message) }))
}
