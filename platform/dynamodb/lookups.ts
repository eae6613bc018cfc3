import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Lookups } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { Lookup, type LookupId } from '../../schemas/stored/lookup.ts'
import { batchGet } from './batch-get.ts'
import { isConditionFailure } from './condition-failures.ts'
import { storedRecord } from './stored-record.ts'

/** More are left for the next look. */
const lookedAt = 1000

/** Seconds for which an answer is remembered. */
const remembered = 35 * 86_400

/** Lookups written at one time. */
const width = 50

/** Lookups in DynamoDB: one item each, beside the listing that it may find; the index of what waits has those that are due. */
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
      // The index may be behind the item.
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

/** One is enough: a thousand writes a second are more than the stream of counts makes. */
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
    // `listing#<connection>#<sku>`: a SKU may have a # of its own.
    const sku = Due.parse(item).pk.split('#').slice(2).join('#')
    return { connection, ...(sku !== '' && { sku }) }
  })
}

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  )
