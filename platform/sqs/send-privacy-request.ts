import { type PrivacyRequest, untouched } from '../../schemas/messages/privacy-request.ts'
import { callAws } from '../http/aws.ts'

/** Puts a request on its queue; resolves when the queue has it. */
export const sendPrivacyRequest =
  (QueueUrl: string) =>
  async (request: PrivacyRequest): Promise<void> => {
    await callAws({
      service: 'sqs',
      target: 'AmazonSQS.SendMessage',
      version: '1.0',
      body: { QueueUrl, MessageBody: JSON.stringify(untouched(request)) },
    })
  }
