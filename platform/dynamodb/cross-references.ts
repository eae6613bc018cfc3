import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { keyOf, merged } from '../../domain/cross-references/naming.ts'
import type { Addition, CrossReferenceStore, Waiting } from '../../domain/ports.ts'
import { type ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { CrossReference, Thing } from '../../schemas/stored/cross-reference.ts'
import { batchGet } from './batch-get.ts'
import { batchWrite, type Write } from './batch-write.ts'
import { storedRecord } from './stored-record.ts'

/** Lifetime of cached names, including missing ones. */
const believed = 30_000

/** Cached things; more than an hour's orders use. */
const remembered = 20_000

/** Seconds after which an abandoned wait expires, for example of a cancelled order. */
const patience = 90 * 86_400

const WaitingItem = Thing.extend({ orderId: OrderId, intentId: z.string() })

interface Believed {
  readonly until: number
  readonly reference: CrossReference | undefined
}

/**
 * Cross-references in DynamoDB: one item has all names of a thing over time, so one batch read serves an order. Waits
 * are in one partition per connection.
 */
export function dynamoCrossReferences(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => number = Date.now,
): CrossReferenceStore {
  const cache = new Map<string, Believed>()

  const read = async (things: readonly Thing[], ConsistentRead: boolean) => {
    const found = await inTurn(chunks(things, 100), 10, (some) =>
      batchGet(client, { [table]: { Keys: some.map(namesKey), ConsistentRead } }),
    )
    return found
      .flatMap((byTable) => byTable.get(table) ?? [])
      .map((item) => storedRecord(CrossReference, item))
  }
  const believe = (things: readonly Thing[], references: readonly CrossReference[]) => {
    if (cache.size + things.length > remembered) cache.clear()
    const found = new Map(references.map((reference) => [keyOf(reference), reference]))
    const until = now() + believed
    for (const thing of things) {
      const key = keyOf(thing)
      cache.set(key, { until, reference: found.get(key) })
    }
  }
  const add = async (additions: readonly Addition[]): Promise<readonly Thing[]> => {
    const stored = new Map((await read(additions, true)).map((known) => [keyOf(known), known]))
    const changed = additions.flatMap((addition): CrossReference[] => {
      const known = stored.get(keyOf(addition))
      const before = known?.names ?? []
      const names = merged(before, addition.told)
      return names === before ? [] : [{ ...known, ...thingOf(addition), names: [...names] }]
    })
    await write(changed.map((each) => ({ PutRequest: { Item: { ...namesKey(each), ...each } } })))
    return changed.map(thingOf)
  }
  const write = async (writes: readonly Write[]): Promise<void> => {
    await inTurn(chunks(writes, 25), 8, (some) => batchWrite(client, table, some))
  }

  return {
    async find(things, as) {
      const wanted = [...new Map(things.map((thing) => [keyOf(thing), thing])).values()]
      const known = as === 'now' ? [] : wanted.map((thing) => cache.get(keyOf(thing)))
      const isKnown = (at: number) => (known[at]?.until ?? 0) > now()
      const unknown = wanted.filter((_, at) => !isKnown(at))
      const fresh = unknown.length > 0 ? await read(unknown, as === 'now') : []
      believe(unknown, fresh)
      const before = known.flatMap((each, at) => (isKnown(at) ? (each?.reference ?? []) : []))
      return [...before, ...fresh]
    },
    wait: (waiting) =>
      write(
        waiting.map((one) => ({
          PutRequest: {
            Item: { ...waitKey(one), ...one, expiresAt: Math.ceil(now() / 1000) + patience },
          },
        })),
      ),
    async add(additions) {
      const changed: Thing[] = []
      // In chunks: merged items are kept in memory until written.
      for (const some of chunks(additions, 2000)) changed.push(...(await add(some)))
      return changed
    },
    waiting: (connection) => queryWaiting(client, table, connection),
    release: (waiting) => write(waiting.map((one) => ({ DeleteRequest: { Key: waitKey(one) } }))),
    all: () => scan(client, table),
  }
}

const thingOf = ({ connection, kind, code }: Thing): Thing => ({ connection, kind, code })

const namesKey = (thing: Thing) => ({ pk: keyOf(thing), sk: 'names' })

const waitsOf = (connection: ConnectionId): string => `${connection}#waits`

const waitKey = ({ connection, kind, code, orderId, intentId }: Waiting) => ({
  pk: waitsOf(connection),
  sk: `${kind}#${code}#${orderId}#${intentId}`,
})

async function queryWaiting(
  client: DynamoDBDocumentClient,
  TableName: string,
  connection: ConnectionId,
): Promise<readonly Waiting[]> {
  const waiting: Waiting[] = []
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': waitsOf(connection) },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    )
    for (const item of Items) waiting.push(WaitingItem.parse(item))
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey)
  return waiting
}

async function* scan(
  client: DynamoDBDocumentClient,
  TableName: string,
): AsyncIterable<CrossReference> {
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName, ExclusiveStartKey }),
    )
    for (const item of Items) if (item['sk'] === 'names') yield storedRecord(CrossReference, item)
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey)
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  )
}

/** Limited concurrency. */
async function inTurn<T, R>(
  all: readonly T[],
  width: number,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const one = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      const item = all[i]
      if (item !== undefined) results[i] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, all.length) }, one))
  return results
}
