import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { sendMessage } from './send-message.ts'

/** Puts one message on the intake queue; resolves when the queue has it. */
export const sendIntake =
  (queueUrl: string) =>
  (message: IntakeMessage): Promise<void> =>
    sendMessage(queueUrl, { body: JSON.stringify(message), group: message.connection })
