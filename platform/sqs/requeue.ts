import type { Requeue } from '../../domain/ports.ts'
import { sendMessage } from './send-message.ts'

/** Sends a message to the queue again as a new one, so that waiting does not count as failing. */
export const sqsRequeue =
  (queueUrl: string): Requeue =>
  (body, seconds, group) =>
    sendMessage(queueUrl, { body, delay: seconds, group })
