import {
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { attentionOf } from '../../domain/listings/listing.ts'
import { exclusiveOf } from '../../domain/listings/terms.ts'
import type { Listings, Shelf, Shelves, Sold } from '../../domain/ports.ts'
import { type ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { Instant } from '../../schemas/canonical/instant.ts'
import { Listing, ListingId } from '../../schemas/stored/listing.ts'
import { Article, StockRow } from '../../schemas/stored/stock.ts'
import { batchGet } from './batch-get.ts'
import { isConditionFailure } from './condition-failures.ts'
import { articleKey, readRows, sharesOf } from './stock.ts'
import { storedRecord } from './stored-record.ts'

type Item = Record<string, unknown>
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/**
 * Partitions per channel of the index of waiting listings: each takes 1,000 writes a second, and a count can change
 * everything.
 */
const shards = 4

/** The rest is read next time. */
const lookedAt = 250

/** Listings in DynamoDB: one item each, and one in each article's partition that links to the listing. */
export function dynamoListings(client: DynamoDBDocumentClient, table: string): Listings & Shelves {
  const find = async (ids: readonly ListingId[], ConsistentRead: boolean) => {
    const found = await batchGet(client, { [table]: { Keys: ids.map(listingKey), ConsistentRead } })
    return (found.get(table) ?? []).map((item) => storedRecord(Listing, upgraded(item)))
  }
  return {
    async find(ids, as) {
      const found = await Promise.all(chunks(unique(ids)).map((some) => find(some, as === 'now')))
      return found.flat()
    },

    async save(before, after) {
      const listing = { Put: listingPut(table, before, after) }
      const writes = [listing, ...partWrites(table, before, after)]
      try {
        if (writes.length === 1) await client.send(new PutCommand(listing.Put))
        else await client.send(new TransactWriteCommand({ TransactItems: writes }))
        return true
      } catch (error) {
        if (isConditionFailure(error)) return false
        throw error
      }
    },

    async due(connection, { now, only }) {
      const names = shardsOf(connection, only)
      const found = await Promise.all(names.map((name) => dueIn(client, table, { name, now })))
      return found
        .flat()
        .toSorted((a, b) => (a.at < b.at ? -1 : 1))
        .map(({ sku }) => ({ connection, sku }))
    },

    shelves: (articles) => Promise.all(articles.map((article) => shelfOf(client, table, article))),
  }
}

/** What is known of the quantity lay in the listing itself before listings had attributes. */
function upgraded(item: Item): Item {
  if ('attributes' in item) return item
  const { wanted, published, unseen, disputed, dirtySince, late, refusal, ...listing } = item
  const quantity = {
    ...named('desired', valued(wanted)),
    ...named('acknowledged', valued(published)),
    ...named('unseen', unseen),
    ...named('mismatch', disputed),
    ...named('dirtySince', dirtySince),
    ...named('late', late),
    ...named('refusal', refusal),
  }
  return { ...listing, attributes: { quantity } }
}

const named = (name: string, value: unknown): Item => (value === undefined ? {} : { [name]: value })

function valued(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || !('units' in item)) return undefined
  const { units, ...rest } = item
  return { value: units, ...rest }
}

export const listingKey = ({ connection, sku }: ListingId) => ({
  pk: `listing#${connection}#${sku}`,
  sk: 'listing',
})

const unique = (ids: readonly ListingId[]): readonly ListingId[] => [
  ...new Map(ids.map((id) => [listingKey(id).pk, id])).values(),
]

const chunks = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / 100) }, (_, i) => all.slice(i * 100, i * 100 + 100))

/** Writes a listing as decided, unless another writer changed it first. */
export function listingPut(TableName: string, before: Listing | undefined, after: Listing) {
  const Item = { ...listingKey(after), ...Listing.parse(after), ...attention(after) }
  if (!before) return { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }
  return {
    TableName,
    Item,
    ConditionExpression: 'rev = :rev',
    ExpressionAttributeValues: { ':rev': before.rev },
  }
}

/** The listing's place in the index: by what it waits for, or by when an assumption expires. */
function attention(listing: Listing): Item {
  const attention = attentionOf(listing)
  if (!attention) return {}
  const urgency = attention.isZero ? 'zero' : 'some'
  return {
    dirtyShard: `${listing.connection}#${urgency}#${hash(listing.sku) % shards}`,
    dirtyAt: attention.at,
  }
}

const hash = (text: string): number =>
  Math.abs([...text].reduce((sum, char) => (Math.imul(sum, 31) + char.charCodeAt(0)) | 0, 7))

const shardsOf = (connection: ConnectionId, only?: 'zero'): readonly string[] =>
  (only ? [only] : ['zero', 'some']).flatMap((urgency) =>
    Array.from({ length: shards }, (_, i) => `${connection}#${urgency}#${i}`),
  )

const Due = z.object({ pk: z.string(), dirtyAt: Instant })

interface Wanted {
  readonly name: string
  readonly now: Instant
}

async function dueIn(
  client: DynamoDBDocumentClient,
  TableName: string,
  { name, now }: Wanted,
): Promise<readonly { readonly sku: string; readonly at: Instant }[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'dirty',
      KeyConditionExpression: 'dirtyShard = :shard AND dirtyAt <= :now',
      ExpressionAttributeValues: { ':shard': name, ':now': now },
      Limit: lookedAt,
    }),
  )
  return Items.map((item) => {
    const { pk, dirtyAt } = Due.parse(item)
    // `listing#<connection>#<sku>`: a SKU may contain #.
    return { sku: pk.split('#').slice(2).join('#'), at: dirtyAt }
  })
}

/** Adds and removes the links in the articles' partitions. */
export function partWrites(table: string, before: Listing | undefined, after: Listing): Write[] {
  const old = new Map((before ? soldItems(before) : []).map((item) => [item.pk, item]))
  const items = soldItems(after)
  const kept = new Set(items.map(({ pk }) => pk))
  const isNew = (item: SoldItem) => JSON.stringify(old.get(item.pk)) !== JSON.stringify(item)
  return [
    ...items.filter(isNew).map((Item) => ({ Put: { TableName: table, Item } })),
    ...[...old.values()]
      .filter(({ pk }) => !kept.has(pk))
      .map(({ pk, sk }) => ({ Delete: { TableName: table, Key: { pk, sk } } })),
  ]
}

type SoldItem = ReturnType<typeof soldItems>[number]

function soldItems({ connection, sku, parts, terms }: Listing) {
  const exclusive = exclusiveOf(terms)
  return parts.map((part) => ({
    pk: articleKey(part),
    sk: `sold#${connection}#${sku}`,
    connection,
    sku,
    per: part.per,
    ...(exclusive !== undefined && { exclusive }),
  }))
}

const SoldRow = ListingId.extend({
  per: z.int().positive(),
  exclusive: z.int().min(0).optional(),
})

const WaitRow = Article.extend({ orderId: OrderId, since: Instant })

async function shelfOf(
  client: DynamoDBDocumentClient,
  TableName: string,
  article: Article,
): Promise<Shelf> {
  const { items, rows } = await atOneMoment(client, TableName, article)
  const of = (kind: string) => items.filter(({ sk }) => String(sk).startsWith(kind))
  return {
    ...article,
    rows,
    waits: of('wait#').map((item) => WaitRow.parse(item)),
    sold: of('sold#').map((item): Sold => {
      const { exclusive, ...sold } = SoldRow.parse(item)
      return { ...sold, ...(exclusive !== undefined && { exclusive }) }
    }),
  }
}

const isRow = ({ sk }: Item): boolean => String(sk).startsWith('at#')

/** Retries of reading an article whose rows keep changing. */
const readings = 5

/**
 * An article's partition and its other shards, which have their own partitions. A unit that moves between the two
 * reads would count twice, so the first read is repeated until nothing changed.
 */
async function atOneMoment(client: DynamoDBDocumentClient, table: string, article: Article) {
  let items = await everything(client, table, article)
  for (let reading = 1; ; reading++) {
    const rows = items.filter(isRow).map((item) => storedRecord(StockRow, item))
    const shares = rows.flatMap(sharesOf)
    if (shares.length === 0) return { items, rows }
    const others = await readRows(client, table, shares)
    const again = await everything(client, table, article)
    const isStill = rows.every(({ rev }, at) => rev === again.filter(isRow)[at]?.['rev'])
    if (isStill || reading === readings) return { items, rows: [...rows, ...others] }
    items = again
  }
}

async function everything(
  client: DynamoDBDocumentClient,
  TableName: string,
  article: Article,
): Promise<readonly Item[]> {
  const found: Item[] = []
  let ExclusiveStartKey: Item | undefined
  do {
    const page = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': articleKey(article) },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    )
    found.push(...(page.Items ?? []))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return found
}
