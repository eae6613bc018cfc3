import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { claimableFrom } from '../../domain/order/claims.ts'
import { decide } from '../../domain/order/decide.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { dueMinute, dynamoDeadlines, shardOf } from '../../platform/dynamo-deadlines.ts'
import { dynamoLedger } from '../../platform/dynamo-ledger.ts'
import { CommitRecord } from '../../schemas/stored/commit-record.ts'
import { ledgerTable, peopleTable, withDynamo } from '../support/dynamo.ts'
import { captureOf, ledgerContract } from '../support/ledger-contract.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { policy, seconds, shop } from '../support/orders.ts'

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

  test('writes the outbox with the state, without personal data in either', async () => {
    const commit = captureOf(orderIdOf(shop, 'outbox'))
    await ledger.commit({ ...commit, traceparent: 'trace' })
    const record = CommitRecord.parse(await item(commit.after.id, 'commit#000001'))
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
    expect(all.Count).toBe(3)
    expect(JSON.stringify(all.Items)).not.toContain('Recipient')
  })

  test('a step that nobody else needs to hear of writes the state alone', async () => {
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
    expect(await item(commit.after.id, 'commit#000002')).toBeUndefined()
    const state = await ledger.load(commit.after.id)
    expect(state && claimableFrom(state, 'create-order')).toBe(seconds(16))
  })

  test('orders are found by what people call them, by owner of their exception and by their deadline', async () => {
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
    expect(await find('reference', 'reference', '#77')).toEqual([held.after.id])
    expect(await find('exceptions', 'exceptionOwner', 'finance')).toContain(held.after.id)
    const deadlines = dynamoDeadlines(client, ledgerTable)
    expect(await deadlines.due(seconds(299))).not.toContain(due.after.id)
    expect(await deadlines.due(seconds(300))).toContain(due.after.id)
  })

  test('trouble that is no lost race is an error', async () => {
    const other = dynamoLedger(client, { ledger: 'Nowhere', people: peopleTable })
    await expect(other.commit(captureOf(orderIdOf(shop, 'nowhere')))).rejects.toThrow()
    await expect(other.load(orderIdOf(shop, 'nowhere'))).rejects.toThrow()
  })

  test('what could not be read again is not written', async () => {
    const commit = captureOf(orderIdOf(shop, 'unreadable'))
    const after = { ...commit.after, cancelledAt: '2026-11-21' }
    await expect(ledger.commit({ ...commit, after })).rejects.toThrow()
    expect(await ledger.load(commit.after.id)).toBeUndefined()
  })
})

test('what is due is found at the full minute, never before it is due', () => {
  expect(dueMinute('2026-11-21T10:00:00.001Z')).toBe('2026-11-21T10:01:00.000Z')
  expect(dueMinute('2026-11-21T10:01:00.000Z')).toBe('2026-11-21T10:01:00.000Z')
})

test('orders spread over every partition of the index of deadlines', () => {
  const shards = Array.from({ length: 400 }, (_, i) =>
    shardOf(orderIdOf(shop, String(8_209_829_119 + i))),
  )
  expect(new Set(shards).size).toBe(8)
})
