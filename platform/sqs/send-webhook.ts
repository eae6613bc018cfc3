import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { callAws } from '../http/aws.ts'
import { entryOf } from './entry.ts'

/**
 * Puts a webhook on the intake queue like `sendIntake`, but without the SDK, because the webhook function must start
 * fast.
 */
export const sendWebhook =
  (QueueUrl: string | undefined) =>
  async (message: IntakeMessage): Promise<void> => {
    const entry = entryOf({ body: JSON.stringify(message), group: message.connection })
    await callAws({
      service: 'sqs',
      target: 'AmazonSQS.SendMessage',
      version: '1.0',
      body: { QueueUrl, ...entry },
    })
  }
