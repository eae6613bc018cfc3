import { type PrivacyRequest, untouched } from '../../schemas/messages/privacy-request.ts'
import { sendMessage } from './send-message.ts'

/** Puts a privacy request on its queue; resolves when the queue has it. */
export const sendPrivacyRequest =
  (queueUrl: string) =>
  (request: PrivacyRequest): Promise<void> =>
    sendMessage(queueUrl, { body: JSON.stringify(untouched(request)) })
