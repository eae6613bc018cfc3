import type { IntakeMessage } from '../schemas/messages/intake-message.ts'
import { callAws } from './aws.ts'

/** Puts one message on the intake queue, without an SDK client; resolves when the queue has it. */
export const sendIntake =
  (QueueUrl: string | undefined) =>
  async (message: IntakeMessage): Promise<void> => {
    await callAws({
      service: 'sqs',
      target: 'AmazonSQS.SendMessage',
      version: '1.0',
      body: {
        QueueUrl,
        MessageBody: JSON.stringify(message),
        // A fair queue: one noisy connection does not delay the others.
        MessageGroupId: message.connection.replace('/', '.'),
      },
    })
  }
