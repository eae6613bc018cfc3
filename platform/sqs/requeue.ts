import type { Requeue } from '../../domain/ports.ts'
import { sendMessage } from './send-message.ts'

/** Puts a message back on a queue as a new one, so that waiting does not count as failing. */
export const sqsRequeue =
  (queueUrl: string): Requeue =>
  (body, seconds, group) =>
    sendMessage(queueUrl, { body, delay: seconds, group })
