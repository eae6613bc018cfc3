import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import type { StockBook, StockChanges, StockStep, StockWait } from '../../domain/ports.ts'
import type { StockPolicy } from '../../domain/stock/places.ts'
import { freeIn, leaving, memory, remembered, type StockWrite } from '../../domain/stock/row.ts'
import { type Article, type Place, StockRow } from '../../schemas/stored/stock.ts'
import { batchGet } from './batch-get.ts'
import { isConditionFailure, reasonsOf } from './condition-failures.ts'
import { storedRecord } from './stored-record.ts'

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** Days that a movement's id is remembered; sources repeat a movement within hours. */
const remembers = 35

/** Stock in DynamoDB: a row per place, with `free` for conditions. */
export function dynamoStock(
  client: DynamoDBDocumentClient,
  table: string,
  places: StockPolicy['placesOf'],
): StockBook {
  return {
    async rows(articles, held = []) {
      const named = unique([...articles.flatMap(places), ...held])
      const rows = await readRows(client, table, named)
      const asked = new Set(named.map(nameOf))
      const others = rows.flatMap(sharesOf).filter((place) => !asked.has(nameOf(place)))
      return others.length === 0 ? rows : [...rows, ...(await readRows(client, table, others))]
    },

    async save(step) {
      const [only, ...more] = step.rows
      if (!only && step.id === undefined) return 'done'
      try {
        if (only && more.length === 0 && step.id === undefined) {
          await client.send(new PutCommand(putOf(table, only)))
        } else {
          await client.send(new TransactWriteCommand({ TransactItems: writesOf(table, step) }))
        }
        return 'done'
      } catch (error) {
        if (step.id !== undefined && isKnown(error)) return contentIs(client, table, step)
        if (isConditionFailure(error)) return 'moved'
        throw error
      }
    },
  }
}

export const articleKey = ({ warehouse, sku }: Article): string => `sku#${warehouse}#${sku}`

/** Each shard has its own key, so that a hot article is spread over partitions. */
const keyOf = (place: Place) => ({
  pk: place.share === 0 ? articleKey(place) : `share#${place.share}#${articleKey(place)}`,
  sk: `at#${place.location}#${place.share}`,
})

const nameOf = (place: Place): string => Object.values(keyOf(place)).join(' ')

const unique = (places: readonly Place[]): readonly Place[] => [
  ...new Map(places.map((place) => [nameOf(place), place])).values(),
]

/** The other shards of a location, according to the first. */
export const sharesOf = ({ share, shares = 1, ...row }: StockRow): readonly Place[] => {
  const { warehouse, sku, location } = row
  if (share !== 0) return []
  return Array.from({ length: shares - 1 }, (_, n) => ({ warehouse, sku, location, share: n + 1 }))
}

/** Existing rows of some places, strongly consistent. */
export async function readRows(
  client: DynamoDBDocumentClient,
  table: string,
  places: readonly Place[],
): Promise<readonly StockRow[]> {
  const keys = places.map(keyOf)
  const parts = Array.from({ length: Math.ceil(keys.length / 100) }, (_, i) =>
    keys.slice(i * 100, i * 100 + 100),
  )
  const found = await Promise.all(
    parts.map((Keys) => batchGet(client, { [table]: { Keys, ConsistentRead: true } })),
  )
  const rows = found
    .flatMap((some) => some.get(table) ?? [])
    .map((item) => storedRecord(StockRow, item))
  const byName = new Map(rows.map((row) => [nameOf(row), row]))
  return places.flatMap((place) => byName.get(nameOf(place)) ?? [])
}

function putOf(TableName: string, { before, after }: StockStep['rows'][number]) {
  const Item = { ...keyOf(after), ...StockRow.parse(after), free: freeIn(after) }
  if (before.rev === 0) {
    return { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }
  }
  return {
    TableName,
    Item,
    ConditionExpression: 'rev = :rev',
    ExpressionAttributeValues: { ':rev': before.rev },
  }
}

/** The movement's own item comes first: it shows that the movement was already applied. */
function writesOf(TableName: string, { id, content, rows }: StockStep): Write[] {
  const puts = rows.map((row) => ({ Put: putOf(TableName, row) }))
  if (id === undefined) return puts
  const expiresAt = Math.ceil(Date.now() / 1000) + remembers * 86_400
  const Item = { ...moveKey(id), expiresAt, ...(content !== undefined && { content }) }
  return [{ Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }, ...puts]
}

const moveKey = (id: string) => ({ pk: `move#${id}`, sk: 'move' })

/** Whether an earlier step with this id had the same content; older ones did not store it. */
async function contentIs(
  client: DynamoDBDocumentClient,
  table: string,
  { id = '', content }: StockStep,
): Promise<'known' | 'other'> {
  const found = await batchGet(client, { [table]: { Keys: [moveKey(id)], ConsistentRead: true } })
  const before = found.get(table)?.[0]?.['content'] ?? content
  return content === undefined || before === content ? 'known' : 'other'
}

const isKnown = (error: unknown): boolean => reasonsOf(error)[0] === 'ConditionalCheckFailed'

/** The stock writes of an order's step, for its transaction. */
export const stockWrites = (
  TableName: string,
  { writes, waits, ended }: StockChanges,
): readonly Write[] => [
  ...writes.map((write) => ({ Update: updateOf(TableName, write) })),
  ...ended.map((wait) => ({ Delete: { TableName, Key: waitKey(wait) } })),
  ...waits.map((wait) => ({ Put: { TableName, Item: { ...waitKey(wait), ...wait } } })),
]

const waitKey = (wait: StockWait) => ({
  pk: articleKey(wait),
  sk: `wait#${wait.since}#${wait.orderId}`,
})

/**
 * Updates a row in place, so that orders for the same article do not conflict: only what must hold is a condition. A
 * row whose memory is full is replaced.
 */
function updateOf(TableName: string, write: StockWrite) {
  const { reserve, seen, keeps = 0 } = write
  const { gone, left } = leaving(write)
  const isFull = left !== undefined && seen.since.length >= memory
  const conditions = [
    seen.countedAt === undefined ? 'attribute_not_exists(countedAt)' : 'countedAt = :countedAt',
    ...(reserve > 0 ? ['#free >= :needed'] : []),
    ...(reserve < 0 ? ['reserved >= :back'] : []),
    ...(isFull ? ['rev = :rev'] : left ? ['size(since) < :memory'] : []),
  ]
  const since = isFull ? ', since = :since' : left ? ', since = list_append(since, :since)' : ''
  return {
    TableName,
    Key: keyOf(write),
    UpdateExpression: `SET rev = rev + :one, reserved = reserved + :reserve, #free = #free - :taken, onHand = onHand - :gone, reservedBy.#by = if_not_exists(reservedBy.#by, :none) + :reserve${since}`,
    ConditionExpression: ['attribute_exists(pk)', ...conditions].join(' AND '),
    ExpressionAttributeNames: { '#by': write.by, '#free': 'free' },
    ExpressionAttributeValues: {
      ':one': 1,
      ':none': 0,
      ':reserve': reserve,
      ':taken': reserve + gone,
      ':gone': gone,
      ...(seen.countedAt !== undefined && { ':countedAt': seen.countedAt }),
      ...(reserve > 0 && { ':needed': reserve + gone + keeps }),
      ...(reserve < 0 && { ':back': -reserve }),
      ...(isFull && { ':rev': seen.rev }),
      ...(left && !isFull && { ':memory': memory }),
      ...(left && { ':since': isFull ? remembered(seen.since, left) : [left] }),
    },
  }
}
