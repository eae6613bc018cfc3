import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { after } from '../../domain/instant.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { erasedWords } from '../../domain/privacy/forgotten.ts'
import { dynamoLedger } from '../../platform/dynamodb/ledger.ts'
import { dynamoOrders } from '../../platform/dynamodb/orders.ts'
import { dynamoPast } from '../../platform/dynamodb/past.ts'
import { dynamoPeople } from '../../platform/dynamodb/people.ts'
import { decodeState } from '../../platform/dynamodb/state-codec.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { ledgerTable, peopleTable, withDynamo } from '../support/dynamo.ts'
import { captureOf } from '../support/ledger-contract.ts'
import { orderOf, shop, start } from '../support/orders.ts'

const tables = { ledger: ledgerTable, people: peopleTable }

withDynamo('the vault', (client) => {
  const read: object[] = []
  let time = start
  const door = { audit: (access: object) => read.push(access), clock: () => new Date(time) }
  const ledger = dynamoLedger(client, tables, door)
  const orders = dynamoOrders(client, tables, door)
  const vault = dynamoPeople(client, peopleTable)
  beforeEach(() => {
    read.length = 0
    time = start
  })
  const stored = async (pk: string) =>
    (await client.send(new GetCommand({ TableName: peopleTable, Key: { pk } }))).Item
  const seconds = (instant: string) => Date.parse(instant) / 1000

  test('every read is logged with its purpose, unless nothing was found', async () => {
    const { after: state } = await capture('audit')
    await ledger.load(state.id)
    await ledger.open(state.id, 'release')
    await orders.people(state.id, { by: 'arn:x', said: 'address-check' })
    await ledger.open(orderIdOf(shop, 'nobody'), 'release')
    expect(read).toEqual([
      { orderId: state.id, purpose: 'release' },
      { orderId: state.id, purpose: 'desk', by: 'arn:x', said: 'address-check' },
    ])
  })

  test('people have their time from the commit that writes them, and another from one that ends the order', async () => {
    const first = await capture('kept')
    expect((await stored(first.after.id))?.['expiresAt']).toBe(seconds(after(start, 365 * 86_400)))
    const peopleUntil = after(start, 30 * 86_400)
    const next = { ...first.after, rev: 2 }
    const { order: _, ...rest } = first
    await ledger.commit({ ...rest, before: first.after, after: next, peopleUntil })
    expect(await stored(first.after.id)).toMatchObject({
      expiresAt: seconds(peopleUntil),
      people: { shipTo: { city: 'Town' } },
    })
  })

  test('expired data is gone at once, although DynamoDB deletes it days later', async () => {
    const { after: state } = await capture('expired')
    time = after(start, 366 * 86_400)
    expect(await ledger.open(state.id, 'desk')).toMatchObject({ gone: true, order: { people: {} } })
    expect(await orders.people(state.id, { by: 'x', said: 'y' })).toBeUndefined()
    expect(read).toEqual([])
  })

  test('an erased order has no personal data, and a later version does not restore it', async () => {
    const first = await capture('erased')
    await vault.erase(first.after.id)
    const erased = { at: start, request: 'r1' }
    const commit = { ...first, before: first.after, after: { ...first.after, rev: 2, erased } }
    expect(await ledger.commit(commit)).toBe(true)
    expect(await stored(first.after.id)).toBeUndefined()
    expect(await ledger.open(first.after.id, 'desk')).toMatchObject({ gone: true })
  })

  test('a customer is found by the channel’s id, a page at a time, and in no other channel', async () => {
    const other = ConnectionId.parse('shopify/demo-store-2')
    for (const [id, customer] of [
      [orderIdOf(shop, 'c1'), 'ann'],
      [orderIdOf(shop, 'c2'), 'bob'],
      [orderIdOf(shop, 'c3'), 'ann'],
      [orderIdOf(other, 'c4'), 'ann'],
    ] as const) {
      await ledger.commit(withTime(captureOf(id, { people: { customer: { id: customer } } })))
    }
    const { ids } = await vault.find({ connection: shop, customer: 'ann' }, undefined)
    expect(ids.toSorted()).toEqual([orderIdOf(shop, 'c1'), orderIdOf(shop, 'c3')])
    const all = await vault.find({ connection: other }, undefined)
    expect(all.ids).toEqual([orderIdOf(other, 'c4')])
    const [first] = ids
    const rest = await vault.find({ connection: shop, customer: 'ann' }, first)
    expect(rest.ids).not.toContain(first)
  })

  test('an erasure removes text by others from the head, the pages and the document', async () => {
    const first = await capture('talked')
    const { id } = first.after
    const past = dynamoPast(client, ledgerTable)
    let before = first.after
    const step = async (
      change: Partial<OrderState>,
      events: readonly OrderEvent[],
      order?: Order,
    ) => {
      const after = { ...before, ...change, rev: before.rev + 1 }
      const commit = { before, after, events, at: start, ...(order && { order }) }
      expect(await ledger.commit(commit)).toBe(true)
      before = after
    }
    const holds = [{ kind: 'other' as const, reason: 'Zqxj asked' }]
    await step({}, [{ type: 'order.resumed' }], orderOf({ id, holds, cancelReason: 'Zqxj' }))
    for (let n = 0; n < 40; n++) await step({}, [{ type: 'order.held', reason: `Zqxj ${n}` }])
    expect((await wordsOf(id)).filter((text) => text.includes('Zqxj'))).toHaveLength(4)

    const erased = { at: start, request: 'r1' }
    await step({ erased }, [{ type: 'people.erased', request: 'r1', by: 'arn' }])
    await past.forget(id)
    await past.forget(id)
    expect((await wordsOf(id)).filter((text) => text.includes('Zqxj'))).toEqual([])
    const { records } = await orders.commits(id, { limit: 100 })
    expect(records.map(({ rev }) => rev)).toEqual(Array.from({ length: 43 }, (_, i) => i + 1))
    expect(records[5]?.events).toEqual([{ type: 'order.held', reason: erasedWords }])
  })

  /** Everything that the ledger keeps of an order. */
  const wordsOf = async (pk: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: ledgerTable,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    )
    return Items.map(({ record, order }) => JSON.stringify(decodeState(record ?? order)))
  }
  const withTime = (commit: ReturnType<typeof captureOf>) => ({
    ...commit,
    peopleUntil: after(start, 365 * 86_400),
  })
  async function capture(name: string) {
    const commit = withTime(captureOf(orderIdOf(shop, name)))
    await ledger.commit(commit)
    return commit
  }
})
