import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { ExceptionOwner } from '../../schemas/events/exception.ts'

/** Counts the orders by owner whose most urgent exception is overdue; one page of the index is enough for an alarm. */
export const dynamoOverdue =
  (client: DynamoDBDocumentClient, TableName: string) =>
  async (now: Instant): Promise<ReadonlyMap<ExceptionOwner, number>> => {
    const counted = ExceptionOwner.options.map(async (owner) => {
      const { Count = 0 } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'exceptions',
          Select: 'COUNT',
          KeyConditionExpression: 'exceptionOwner = :owner AND exceptionDeadline < :now',
          ExpressionAttributeValues: { ':owner': owner, ':now': now },
        }),
      )
      return [owner, Count] as const
    })
    return new Map(await Promise.all(counted))
  }
