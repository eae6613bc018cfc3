import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Deadlines } from '../../domain/ports.ts'
import { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'

/** Partitions of the `due` index: each takes 1,000 writes a second, so eight are enough for 10,000 orders a minute. */
const shards = 8

const Due = z.object({ pk: OrderId })

/** Reads the sparse `due` index, all shards at once, longest overdue first, one page at a time. */
export function dynamoDeadlines(client: DynamoDBDocumentClient, TableName: string): Deadlines {
  const dueIn = async (shard: string, now: string): Promise<readonly OrderId[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': shard, ':now': now },
        Limit: 100,
      }),
    )
    return Items.map((item) => Due.parse(item).pk)
  }
  return {
    due: async (now) => {
      const all = Array.from({ length: shards }, (_, i) => dueIn(String(i), now))
      return (await Promise.all(all)).flat()
    },
  }
}

/** Rounds up to a full minute: the sweeper runs once a minute, and the index is written only if the minute changes. */
export function dueMinute(at: Instant): Instant {
  const minute = 60_000
  return new Date(Math.ceil(Date.parse(at) / minute) * minute).toISOString()
}

/** The shard of an order: stable, and spread by its last characters, which vary most. */
export function shardOf(id: OrderId): string {
  let hash = 0
  for (const character of id) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0
  return String(Math.abs(hash) % shards)
}
