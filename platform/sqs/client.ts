import { SQSClient } from '@aws-sdk/client-sqs'
import { awsClient } from '../http/aws-client.ts'

/** One client per cold start. The queue's URL names the queue; the environment decides the endpoint. */
export const sqs = new SQSClient({ ...awsClient, useQueueUrlAsEndpoint: false })
