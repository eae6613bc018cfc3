import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Lookups } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { Lookup, type LookupId } from '../../schemas/stored/lookup.ts'
import { batchGet } from './batch-get.ts'
import { isConditionFailure } from './condition-failures.ts'
import { storedRecord } from './stored-record.ts'

/** The rest is read next time. */
const lookedAt = 1000

/** Seconds that an answer is remembered. */
const remembered = 35 * 86_400

/** Concurrent writes. */
const width = 50

/** Look-ups in DynamoDB: one item each, beside the listing; due ones are in the index of waiting listings. */
export function dynamoLookups(client: DynamoDBDocumentClient, TableName: string): Lookups {
  const put = async (lookup: Lookup, condition: Condition): Promise<boolean> => {
    try {
      await client.send(new PutCommand({ TableName, Item: itemOf(lookup), ...condition }))
      return true
    } catch (error) {
      if (isConditionFailure(error)) return false
      throw error
    }
  }
  const find = async (ids: readonly LookupId[]): Promise<readonly Lookup[]> => {
    const found = await Promise.all(
      chunks(ids, 100).map((some) =>
        batchGet(client, { [TableName]: { Keys: some.map(keyOf), ConsistentRead: true } }),
      ),
    )
    return found
      .flatMap((byTable) => byTable.get(TableName) ?? [])
      .map((item) => storedRecord(Lookup, item))
  }
  return {
    find,

    async request(ids, { at, unlessSince }) {
      for (const some of chunks(ids, width)) {
        await Promise.all(
          some.map((id) => put({ ...id, at, dueAt: at }, unlessRequested(unlessSince))),
        )
      }
    },

    async due(connection, now) {
      const ids = await dueIn(client, TableName, { connection, now })
      // The index may lag behind the item.
      const found = await find(ids)
      return found
        .filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
        .toSorted((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1))
    },

    save: (before, after) => put(after, before ? asItWas(before) : unlessRequested()),
  }
}

const keyOf = ({ connection, sku = '' }: LookupId) => ({
  pk: `listing#${connection}#${sku}`,
  sk: 'lookup',
})

function itemOf(lookup: Lookup): Record<string, unknown> {
  const { connection, sku, at, dueAt } = lookup
  const item = { ...keyOf(lookup), ...Lookup.parse(lookup) }
  if (dueAt !== undefined) return { ...item, dirtyShard: shardOf(connection), dirtyAt: dueAt }
  return sku === undefined
    ? item
    : { ...item, expiresAt: Math.ceil(Date.parse(at) / 1000) + remembered }
}

/** One partition is enough: the stream of counts makes fewer than a thousand writes a second. */
const shardOf = (connection: ConnectionId): string => `${connection}#lookup`

type Condition = Pick<
  PutCommand['input'],
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>

function unlessRequested(since?: Instant): Condition {
  if (since === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' }
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR #at < :since',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: { ':since': since },
  }
}

function asItWas({ at, dueAt }: Lookup): Condition {
  return {
    ConditionExpression: `#at = :at AND ${dueAt === undefined ? 'attribute_not_exists(dueAt)' : 'dueAt = :due'}`,
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: { ':at': at, ...(dueAt !== undefined && { ':due': dueAt }) },
  }
}

const Due = z.object({ pk: z.string() })

async function dueIn(
  client: DynamoDBDocumentClient,
  TableName: string,
  { connection, now }: { readonly connection: ConnectionId; readonly now: Instant },
): Promise<readonly LookupId[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'dirty',
      KeyConditionExpression: 'dirtyShard = :shard AND dirtyAt <= :now',
      ExpressionAttributeValues: { ':shard': shardOf(connection), ':now': now },
      Limit: lookedAt,
    }),
  )
  return Items.map((item): LookupId => {
    // `listing#<connection>#<sku>`: a SKU may contain #.
    const sku = Due.parse(item).pk.split('#').slice(2).join('#')
    return { connection, ...(sku !== '' && { sku }) }
  })
}

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  )
