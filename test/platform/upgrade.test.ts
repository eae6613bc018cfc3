import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Attribute } from '../../domain/listings/attribute.ts'
import { confirmed, sentOf, stateOf, withStates } from '../../domain/listings/listing.ts'
import { quantity } from '../../domain/listings/quantity.ts'
import { sellersOf } from '../../domain/listings/sellers.ts'
import { decide } from '../../domain/order/decide.ts'
import type { Fact } from '../../domain/order/facts.ts'
import { unknownOrder } from '../../domain/order/state.ts'
import { ok } from '../../domain/result.ts'
import { counted, emptyRow, moved } from '../../domain/stock/row.ts'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import { dynamoListings } from '../../platform/dynamodb/listings.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { recordAfter, recordIn } from '../../platform/dynamodb/order-record.ts'
import { dynamoStock } from '../../platform/dynamodb/stock.ts'
import { SellingTerms, StockSettings } from '../../schemas/settings.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { crossReferencesTable, stockTable, withDynamo } from '../support/dynamo.ts'
import {
  erp,
  orderId,
  orderOf,
  parcelOf,
  policy,
  seconds,
  shop,
  start,
  wms,
} from '../support/orders.ts'

/** One step of a worker of this version: it reads the item, decides, and writes the item again. */
function step(item: Record<string, unknown> | undefined, fact: Fact): Record<string, unknown> {
  const { state, steps } = item ? recordIn(item) : { state: unknownOrder(orderId), steps: [] }
  const { after, events } = decide(state, fact, policy)
  const commit = { before: state, after, events, at: fact.at, traceparent: '' }
  return recordAfter(commit as never, steps).head
}

const claim = (intentId: string, at: string): Fact => ({
  type: 'claim',
  intentId,
  leaseSeconds: 15,
  at,
})
const done = (intentId: string, at: string): Fact => ({
  type: 'outcome',
  intentId,
  epoch: 1,
  during: 'make',
  result: ok({ id: `id of ${intentId}` }),
  lagSeconds: 0,
  at,
})

/** Everything that a newer version may have added: a field in each kind of object. */
function fromTheFuture(item: Record<string, unknown>): Record<string, unknown> {
  const { state, steps } = recordIn(item)
  const newer = <T extends object>(value: T): T => ({ ...value, tint: 'green' })
  const map = <T extends object>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).map(([key, each]) => [key, newer(each)]))
  const later: OrderState = newer({
    ...state,
    schema: 2,
    lines: state.lines.map(newer),
    intents: map(state.intents),
    stages: map(state.stages),
    acknowledged: newer(state.acknowledged),
    ...(state.seen && { seen: newer(state.seen) }),
    ...(state.route && { route: newer(state.route) }),
  })
  const commit = { before: state, after: later, events: [], at: start, traceparent: '' }
  return recordAfter(commit as never, steps).head
}

test('an older worker keeps what a newer one wrote, while it goes on with the order', () => {
  const captured: Fact = {
    type: 'snapshot',
    order: orderOf(),
    authority: 'body',
    receivedAt: start,
    at: start,
  }
  const written = fromTheFuture(step(undefined, captured))
  const facts: Fact[] = [
    claim('create-order', seconds(1)),
    done('create-order', seconds(2)),
    claim('release-order', seconds(3)),
    done('release-order', seconds(4)),
    { type: 'shipped', connection: wms, shipment: parcelOf('P1', { MUG: 1 }), at: seconds(5) },
    { type: 'deadline', at: seconds(600) },
  ]
  const { state } = recordIn(facts.reduce<Record<string, unknown>>(step, written))
  expect(state.intents['create-order']).toMatchObject({ state: 'done', connection: erp })
  expect(state).toMatchObject({ schema: 2, tint: 'green' })
  for (const part of [
    ...state.lines,
    state.intents['create-order'],
    state.stages['accepted'],
    state.acknowledged,
    state.seen,
    state.route,
  ]) {
    expect(part).toMatchObject({ tint: 'green' })
  }
})

test('a record without a version is of the first', () => {
  const { schema, ...first } = unknownOrder(orderId)
  expect(schema).toBe(1)
  const commit = { before: first, after: first, events: [], at: start, traceparent: '' }
  const { state } = recordIn(recordAfter(commit as never, []).head)
  expect(state.schema).toBeUndefined()
})

withDynamo('records of stock, listings and cross-references', (client) => {
  const itemIn = async (TableName: string, Key: { readonly pk: string; readonly sk: string }) => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    if (!Item) throw new Error(`there is no ${Key.pk} ${Key.sk}`)
    return Item
  }
  /** Writes an item as a newer version may have: with a field more in every object. */
  const tint = async (...of: Parameters<typeof itemIn>): Promise<void> => {
    const [TableName] = of
    await client.send(new PutCommand({ TableName, Item: tinted(await itemIn(...of)) }))
  }
  /** Their keys are no names of fields. */
  const maps: ReadonlySet<string> = new Set(['reservedBy', 'withheld', 'remote'])
  const tinted = <T>(value: T): T => {
    if (Array.isArray(value)) return value.map(tinted) as T
    if (typeof value !== 'object' || value === null) return value
    const all = Object.entries(value).map(([key, each]) => [
      key,
      maps.has(key) ? each : tinted(each),
    ])
    return { ...Object.fromEntries(all), tint: 'green' }
  }
  const green = { tint: 'green' }

  test('a row of stock keeps what a newer version wrote, through a movement and a count', async () => {
    const place = { warehouse: wms, sku: 'FUTURE', location: 'hall', share: 0 }
    const key = { pk: `sku#${wms}#FUTURE`, sk: 'at#hall#0' }
    const book = dynamoStock(client, stockTable, () => [place])
    const incoming = [{ units: 3, expectedAt: seconds(900) }]
    const before = emptyRow(place)
    const [row = before] = counted([before], { at: start, onHand: 9, quarantined: 1, incoming })
    await book.save({ rows: [{ before, after: row }] })
    await tint(stockTable, key)

    const [known = row] = await book.rows([place])
    const left = moved([known], { at: seconds(60), onHand: -1, quarantined: 0 })
    const [after = known] = counted(left, { at: seconds(30), onHand: 20 })
    expect(await book.save({ rows: [{ before: known, after }] })).toBe('done')
    expect(await itemIn(stockTable, key)).toMatchObject({
      ...green,
      onHand: 19,
      free: 18,
      quarantineCounted: green,
      incoming: [{ units: 3, ...green }],
    })
  })

  test('a cross-reference keeps what a newer version wrote, when it gets another name', async () => {
    const names = dynamoCrossReferences(client, crossReferencesTable)
    const thing = { connection: wms, kind: 'sku' as const, code: 'FUTURE' }
    const key = { pk: `${wms}#sku#FUTURE`, sk: 'names' }
    const told = (from: string, name: string) => [{ naming: { from, name } }]
    await names.add([{ ...thing, told: told(start, 'OLD') }])
    await tint(crossReferencesTable, key)
    await names.add([{ ...thing, told: told(seconds(60), 'NEW') }])
    expect(await itemIn(crossReferencesTable, key)).toMatchObject({
      ...green,
      names: [{ name: 'OLD', ...green }, { name: 'NEW' }],
    })
  })

  test('a lookup keeps what a newer version wrote, when it is answered', async () => {
    const lookups = dynamoLookups(client, stockTable)
    const id = { connection: shop, sku: 'FUTURE' }
    const key = { pk: `listing#${shop}#FUTURE`, sk: 'lookup' }
    await lookups.request([id], { at: start })
    await tint(stockTable, key)
    const [known] = await lookups.find([id])
    if (!known) throw new Error('nothing was requested')
    const { dueAt: _, ...answered } = known
    expect(await lookups.save(known, answered)).toBe(true)
    const item = await itemIn(stockTable, key)
    expect(item).toMatchObject(green)
    expect(item).not.toHaveProperty('dirtyAt')
  })

  const sellers = sellersOf({
    connections: [{ id: shop, shows: 'sellable', sells: SellingTerms.parse({}) }],
    routes: [],
    stock: StockSettings.parse({ locations: { hall: { warehouse: wms, code: '1' } } }),
  })
  /** A worker of this version, whose channel took the number that it was to show. */
  const confirmIn = async (sku: string): Promise<boolean> => {
    const listings = dynamoListings(client, stockTable)
    const [known] = await listings.find([{ connection: shop, sku }], 'now')
    const seller = sellers.get(shop)
    const { desired } = known?.attributes.quantity ?? {}
    if (!known || !seller || !desired) throw new Error('there is nothing to confirm')
    const clock = () => new Date(start)
    const attribute: Attribute = quantity({ shelves: listings, sellers, clock })
    const about = { attribute, seller, now: seconds(1) }
    const state = confirmed(stateOf(known, 'quantity'), sentOf(desired), about)
    return listings.save(known, withStates(known, { quantity: state }))
  }
  const why = { parts: [], whole: 3, withheld: {}, own: 0 }
  const parts = [{ warehouse: wms, sku: 'FUTURE', per: 1 }]
  const unseen = { units: 1, until: seconds(900) }

  test('a listing keeps what a newer version wrote, when its channel takes a number', async () => {
    const id = { connection: shop, sku: 'FUTURE' }
    const key = { pk: `listing#${shop}#FUTURE`, sk: 'listing' }
    const desired = { value: 3, at: start, sold: 0, alone: true, why }
    const content = { desired: { value: { title: 'Mug' }, at: start } }
    const attributes = { quantity: { desired, unseen, dirtySince: start }, content }
    const listing = { ...id, rev: 1, remote: { item: '1' }, parts, attributes }
    await dynamoListings(client, stockTable).save(undefined, listing)
    await tint(stockTable, key)
    expect(await confirmIn('FUTURE')).toBe(true)
    const item = await itemIn(stockTable, key)
    expect(item).toMatchObject({
      ...green,
      parts: [green],
      attributes: {
        ...green,
        quantity: {
          ...green,
          desired: { ...green, why: green },
          unseen: green,
          acknowledged: { value: 3 },
        },
        content: { desired: { value: { title: 'Mug', ...green } } },
      },
    })
    expect(item['attributes'].quantity).not.toHaveProperty('dirtySince')
  })

  test('a listing without attributes is read and goes on', async () => {
    const key = { pk: `listing#${shop}#PAST`, sk: 'listing' }
    const refusal = { reason: 'there is no such item', at: start }
    const Item = {
      ...key,
      ...{ connection: shop, sku: 'PAST', rev: 4, remote: { item: '1' }, parts },
      wanted: { units: 3, at: start, sold: 2, alone: true, why },
      published: { units: 7, at: start, sold: 1 },
      disputed: { shows: 5, at: start },
      ...{ unseen, refusal, dirtySince: start, late: true },
      ...{ dirtyShard: `${shop}#some#1`, dirtyAt: start },
    }
    await client.send(new PutCommand({ TableName: stockTable, Item }))
    const [known] = await dynamoListings(client, stockTable).find(
      [{ connection: shop, sku: 'PAST' }],
      'now',
    )
    expect(known).toEqual({
      ...{ connection: shop, sku: 'PAST', rev: 4, remote: { item: '1' }, parts },
      attributes: {
        quantity: {
          desired: { value: 3, at: start, sold: 2, alone: true, why },
          acknowledged: { value: 7, at: start, sold: 1 },
          mismatch: { shows: 5, at: start },
          ...{ unseen, refusal, dirtySince: start, late: true },
        },
      },
    })
    expect(await confirmIn('PAST')).toBe(true)
    const item = await itemIn(stockTable, key)
    expect(item).toMatchObject({ rev: 5, attributes: { quantity: { acknowledged: { value: 3 } } } })
    expect(item).not.toHaveProperty('wanted')
  })
})
