import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Pace } from '../../domain/listings/request-pacer.ts'

/** One turn after another for all processes that share a key, in the cursors table. */
export function dynamoRequestPacer(
  client: DynamoDBDocumentClient,
  TableName: string,
  { pk, now = Date.now }: { readonly pk: string; readonly now?: () => number },
): Pace {
  const itemOf = (seconds: number) => {
    const next = now() + seconds * 1000
    // A turn unused for a day is free.
    return { pk, next, expiresAt: Math.ceil(next / 1000) + 86_400 }
  }
  return {
    async take(seconds) {
      try {
        await client.send(
          new PutCommand({
            TableName,
            Item: itemOf(seconds),
            ConditionExpression: 'attribute_not_exists(pk) OR #next <= :now',
            ExpressionAttributeNames: { '#next': 'next' },
            ExpressionAttributeValues: { ':now': now() },
          }),
        )
        return true
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
        throw error
      }
    },
    async give(seconds) {
      await client.send(new PutCommand({ TableName, Item: itemOf(seconds) }))
    },
  }
}
