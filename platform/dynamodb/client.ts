import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { awsClient } from '../http/aws-client.ts'
import { mayYetBeDone } from './condition-failures.ts'

/** The AWS document client, created once per cold start. `undefined` fields are not written. */
export function dynamo(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ ...awsClient, ...config })
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request)
      } catch (error) {
        throw mayYetBeDone(error) ? Object.assign(error, { $retryable: {} }) : error
      }
    },
    { name: 'retryCancelledTransactions', step: 'deserialize', priority: 'high' },
  )
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
}
