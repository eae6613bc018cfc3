import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb'
import { perform } from '../../domain/effects/perform.ts'
import { claimableFrom } from '../../domain/order/claims.ts'
import { decide } from '../../domain/order/decide.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { dueMinute, dynamoDeadlines, shardOf } from '../../platform/dynamodb/deadlines.ts'
import { dynamoLedger } from '../../platform/dynamodb/ledger.ts'
import { commitsIn, latestIn } from '../../platform/dynamodb/order-record.ts'
import { dynamoOrders } from '../../platform/dynamodb/orders.ts'
import { dynamoReferences } from '../../platform/dynamodb/references.ts'
import { decodeState } from '../../platform/dynamodb/state-codec.ts'
import { ledgerTable, peopleTable, withDynamo } from '../support/dynamo.ts'
import { openLane } from '../support/lane.ts'
import { captureOf, claimOf, ledgerContract } from '../support/ledger-contract.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { erp, policy, seconds, shop } from '../support/orders.ts'

describe('the ledger in memory', () => {
  ledgerContract(() => new MemoryLedger())
})

withDynamo('the ledger in DynamoDB', (client) => {
  const ledger = dynamoLedger(client, { ledger: ledgerTable, people: peopleTable })
  const item = async (pk: string, sk: string) => {
    const { Item } = await client.send(new GetCommand({ TableName: ledgerTable, Key: { pk, sk } }))
    return Item
  }
  ledgerContract(() => ledger)

  test('writes the outbox into the state’s item, without personal data in either', async () => {
    const commit = captureOf(orderIdOf(shop, 'outbox'))
    await ledger.commit({ ...commit, traceparent: 'trace' })
    const head = await item(commit.after.id, 'head')
    const record = latestIn(head)
    expect(record.events.map(({ type }) => type)).toEqual([
      'order.captured',
      'stage.met',
      'effect.requested',
    ])
    expect(record.traceparent).toBe('trace')
    const all = await client.send(
      new QueryCommand({
        TableName: ledgerTable,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': commit.after.id },
      }),
    )
    expect(all.Items?.map(({ sk }) => sk)).toEqual(['head', 'order'])
    const document = decodeState((await item(commit.after.id, 'order'))?.['order'])
    expect(JSON.stringify([head, decodeState(head?.['record']), document])).not.toContain(
      'Recipient',
    )
  })

  test('a step that is not published has no news, and keeps earlier steps', async () => {
    const commit = captureOf(orderIdOf(shop, 'quiet'))
    await ledger.commit(commit)
    const claim = {
      type: 'claim',
      intentId: 'create-order',
      leaseSeconds: 15,
      at: seconds(1),
    } as const
    const { events, after } = decide(commit.after, claim, policy)
    await ledger.commit({
      before: commit.after,
      after: { ...after, rev: 2 },
      events,
      at: seconds(1),
    })
    const head = await item(commit.after.id, 'head')
    expect(head).not.toHaveProperty('news')
    expect(commitsIn(head ?? {}).map(({ rev }) => rev)).toEqual([1])
    const state = await ledger.load(commit.after.id)
    expect(state && claimableFrom(state, 'create-order')).toBe(seconds(16))
  })

  test('orders are found by owner of their exception and by their deadline', async () => {
    const held = captureOf(orderIdOf(shop, 'held'), { number: '#77', total: 1 })
    const due = captureOf(orderIdOf(shop, 'due'))
    await Promise.all([ledger.commit(held), ledger.commit(due)])
    const find = async (IndexName: string, key: string, value: string) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: ledgerTable,
          IndexName,
          KeyConditionExpression: '#key = :value',
          ExpressionAttributeNames: { '#key': key },
          ExpressionAttributeValues: { ':value': value },
        }),
      )
      return Items.map(({ pk }) => pk)
    }
    expect(await find('exceptions', 'exceptionOwner', 'finance')).toContain(held.after.id)
    const { after } = held
    const [exception] = Object.values(after.exceptions)
    if (!exception) throw new Error('nothing stands')
    const urgent = { ...exception, owner: 'warehouse', deadline: seconds(1) } as const
    const exceptions = { ...after.exceptions, 'over-shipped:P1': urgent }
    await ledger.commit({ ...held, before: after, after: { ...after, rev: 2, exceptions } })
    expect(await find('exceptions', 'exceptionOwner', 'warehouse')).toContain(after.id)
    expect(await find('exceptions', 'exceptionOwner', 'finance')).not.toContain(after.id)
    const deadlines = dynamoDeadlines(client, ledgerTable)
    expect(await deadlines.due(seconds(299))).not.toContain(due.after.id)
    expect(await deadlines.due(seconds(300))).toContain(due.after.id)
  })

  test('every step is on the timeline once, in pages of any size, for orders of any length', async () => {
    const orders = dynamoOrders(client, { ledger: ledgerTable, people: peopleTable })
    const id = orderIdOf(shop, 'long')
    const first = captureOf(id)
    await ledger.commit(first)
    const [event] = first.events
    const told = [1]
    let before = first.after
    for (let rev = 2; rev <= 60; rev++) {
      // A process that is new knows of the past only what it reads.
      const known = rev % 7 === 0 ? await ledger.load(id) : before
      const events = rev % 3 === 0 || !event ? [] : [event]
      const after = { ...before, rev }
      expect(
        await ledger.commit({ before: known ?? before, after, events, at: seconds(rev) }),
      ).toBe(true)
      if (events.length > 0) told.push(rev)
      before = after
    }
    for (const limit of [1, 5, 16, 17, 100]) {
      const seen: number[] = []
      for (let more = true; more; ) {
        const page = await orders.commits(id, { after: seen.at(-1) ?? 0, limit })
        expect(page.records.length).toBeLessThanOrEqual(limit)
        expect(page.records.every(({ connection }) => connection === shop)).toBe(true)
        seen.push(...page.records.map(({ rev }) => rev))
        more = page.more
      }
      expect(seen).toEqual(told)
    }
  })

  test('a step from a state that this ledger did not read is rejected, because it would lose history', async () => {
    const commit = captureOf(orderIdOf(shop, 'stranger'))
    await ledger.commit(commit)
    const before = { ...commit.after }
    const step = { before, after: { ...before, rev: 2 }, events: [], at: seconds(1) }
    await expect(ledger.commit(step)).rejects.toThrow('was not read by this process')
  })

  test('orders are found by reference, even if several share it', async () => {
    const orders = dynamoOrders(client, { ledger: ledgerTable, people: peopleTable })
    const references = dynamoReferences(client, ledgerTable)
    const ids = Array.from({ length: 40 }, (_, i) => orderIdOf(shop, `called-${i}`))
    const called = ids.map((orderId, i) => ({ orderId, reference: `#${i % 20}` }))
    await references.add([...called, ...called])
    await references.add([])
    const found = await orders.idsBy([
      { reference: '#7' },
      { reference: '#8' },
      { reference: '#none' },
    ])
    expect(found.toSorted()).toEqual([ids[7], ids[8], ids[27], ids[28]].toSorted())
  })

  describe('when the answer to a single write is lost, and it is sent again', () => {
    const twice = async (command: Parameters<typeof client.send>[0]) => {
      if (command instanceof PutCommand) await client.send(command)
      return client.send(command)
    }
    // The ledger uses nothing else of a client.
    const deaf = dynamoLedger({ send: twice } as DynamoDBDocumentClient, {
      ledger: ledgerTable,
      people: peopleTable,
    })

    test('a step was made, and by one of those who would have made it', async () => {
      const first = captureOf(orderIdOf(shop, 'sent-twice'))
      await deaf.commit(first)
      const claims = await Promise.all(Array.from({ length: 5 }, () => deaf.commit(claimOf(first))))
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect((await deaf.load(first.after.id))?.rev).toBe(2)
    })

    test('a worker keeps its claim, and returns for what it postponed', async () => {
      const { after, ...first } = captureOf(orderIdOf(shop, 'put-off'))
      await deaf.commit({ ...first, after })
      const lane = await openLane({ safety: { by: 'lookup', lagSeconds: 30 } })
      lane.queue.length = 0
      lane.system.moods.push('unavailable')
      const hint = { orderId: after.id, intentId: 'create-order', connection: erp }
      expect(await perform(hint, lane.depsWith(deaf))).toMatchObject({ next: 'retry' })
      expect(lane.queue).toMatchObject([{ from: Date.parse(seconds(2)) }])
    })
  })

  test('a failure that is not a lost race is an error', async () => {
    const other = dynamoLedger(client, { ledger: 'Nowhere', people: peopleTable })
    await expect(other.commit(captureOf(orderIdOf(shop, 'nowhere')))).rejects.toThrow()
    await expect(other.load(orderIdOf(shop, 'nowhere'))).rejects.toThrow()
  })

  test('a record that could not be read is not written', async () => {
    const commit = captureOf(orderIdOf(shop, 'unreadable'))
    const after = { ...commit.after, cancelledAt: '2026-11-21' }
    await expect(ledger.commit({ ...commit, after })).rejects.toThrow()
    expect(await ledger.load(commit.after.id)).toBeUndefined()
  })
})

test('due orders are found at the full minute, never early', () => {
  expect(dueMinute('2026-11-21T10:00:00.001Z')).toBe('2026-11-21T10:01:00.000Z')
  expect(dueMinute('2026-11-21T10:01:00.000Z')).toBe('2026-11-21T10:01:00.000Z')
})

test('orders spread over every partition of the index of deadlines', () => {
  const shards = Array.from({ length: 400 }, (_, i) =>
    shardOf(orderIdOf(shop, String(8_209_829_119 + i))),
  )
  expect(new Set(shards).size).toBe(8)
})
