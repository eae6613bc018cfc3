import { SQSClient } from '@aws-sdk/client-sqs'
import { awsClient } from '../http/aws-client.ts'

/** One client per cold start. A queue's URL says which queue; where AWS is asked is the environment's to say. */
export const sqs = new SQSClient({ ...awsClient, useQueueUrlAsEndpoint: false })
