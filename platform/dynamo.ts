import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { lean } from './lean.ts'

/** One document client per cold start. Fields that are `undefined` are left out of what is written. */
export const dynamo = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 5, ...lean('dynamodb') }), {
    marshallOptions: { removeUndefinedValues: true },
  })
