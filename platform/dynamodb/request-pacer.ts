import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Pace } from '../../domain/listings/request-pacer.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'

/** One turn after another for all processes of a connection, in the cursors table; those that look up take turns of their own. */
export function dynamoRequestPacer(
  client: DynamoDBDocumentClient,
  TableName: string,
  {
    connection,
    of = 'pace',
    now = Date.now,
  }: {
    readonly connection: ConnectionId
    readonly of?: 'pace' | 'look'
    readonly now?: () => number
  },
): Pace {
  const itemOf = (seconds: number) => {
    const next = now() + seconds * 1000
    // A turn that nobody took for a day is free.
    return { pk: `${of}#${connection}`, next, expiresAt: Math.ceil(next / 1000) + 86_400 }
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
