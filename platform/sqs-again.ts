import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Again } from '../domain/ports.ts'

/** Puts a message back on a queue as a new one, so that waiting does not count as failing. */
export const sqsAgain =
  (client: SQSClient, QueueUrl: string): Again =>
  async (MessageBody, seconds, group) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        DelaySeconds: seconds,
        ...(group && { MessageGroupId: group.replace('/', '.') }),
      }),
    )
  }
