import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import {
  called,
  crossReferencesContract,
  freshConnection,
  sku,
} from '../support/cross-references-contract.ts'
import { crossReferencesTable, withDynamo } from '../support/dynamo.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { orderId } from '../support/orders.ts'

describe('cross-references in memory', () => {
  crossReferencesContract(() => new MemoryCrossReferences())
})

withDynamo('cross-references in DynamoDB', (client) => {
  const open = (through = client, now?: () => number) =>
    dynamoCrossReferences(through, crossReferencesTable, now)
  crossReferencesContract(() => open())

  test('an order of a hundred codes is one call, then cached for half a minute', async () => {
    const at = freshConnection()
    let time = 0
    const calls: string[] = []
    const store = open(
      watched(client, (command) => calls.push(command)),
      () => time,
    )
    const things = Array.from({ length: 100 }, (_, i) => sku(at, `S${i}`))
    await store.add(things.slice(0, 50).map((thing) => called(thing, 'x')))
    calls.length = 0
    expect(await store.find(things, 'lately')).toHaveLength(50)
    expect(calls).toEqual(['BatchGetCommand'])
    time = 29_999
    expect(await store.find(things, 'lately')).toHaveLength(50)
    expect(calls).toHaveLength(1)
    time = 30_000
    await store.find(things, 'lately')
    expect(calls).toHaveLength(2)
  })

  test('a process that cached a missing name finds it by a consistent read', async () => {
    const at = freshConnection()
    const store = open()
    expect(await store.find([sku(at, 'A')], 'lately')).toEqual([])
    await open().add([called(sku(at, 'A'), 'a')])
    expect(await store.find([sku(at, 'A')], 'lately')).toEqual([])
    expect(await store.find([sku(at, 'A')], 'now')).toMatchObject([{ code: 'A' }])
    expect(await store.find([sku(at, 'A')], 'lately')).toMatchObject([{ code: 'A' }])
  })

  test('unprocessed reads and writes of a throttled table are retried', async () => {
    const at = freshConnection()
    const store = open(stingy(client))
    const things = Array.from({ length: 60 }, (_, i) => sku(at, `S${i}`))
    expect(await store.add(things.map((thing) => called(thing, 'x')))).toHaveLength(60)
    expect(await store.find(things, 'now')).toHaveLength(60)
    expect(await open().find(things, 'now')).toHaveLength(60)
  })

  test('waits expire, names never', async () => {
    const at = freshConnection()
    const store = open(client, () => 1_000_000)
    await store.add([called(sku(at, 'A'), 'a')])
    await store.wait([{ ...sku(at, 'A'), orderId, intentId: 'create-order' }])
    const keys = [
      { pk: `${at}#sku#A`, sk: 'names' },
      { pk: `${at}#waits`, sk: `sku#A#${orderId}#create-order` },
    ]
    const { Responses = {} } = await client.send(
      new BatchGetCommand({ RequestItems: { [crossReferencesTable]: { Keys: keys } } }),
    )
    const items = Responses[crossReferencesTable] ?? []
    expect(items.map(({ sk, expiresAt }) => [sk === 'names', expiresAt]).toSorted()).toEqual([
      [false, 1_000 + 90 * 86_400],
      [true, undefined],
    ])
  })
})

type Sent = Parameters<DynamoDBDocumentClient['send']>[0]

function watched(
  client: DynamoDBDocumentClient,
  see: (command: string) => void,
): DynamoDBDocumentClient {
  return through(client, (command) => {
    see(command.constructor.name)
    return client.send(command)
  })
}

/** A table that does a third of each batch. */
function stingy(client: DynamoDBDocumentClient): DynamoDBDocumentClient {
  return through(client, async (command) => {
    if (command instanceof BatchGetCommand) {
      const [[table, request] = []] = Object.entries(command.input.RequestItems ?? {})
      const { Keys = [] } = request ?? {}
      const some = Math.ceil(Keys.length / 3)
      const answer = await client.send(
        new BatchGetCommand({
          RequestItems: { [table ?? '']: { ...request, Keys: Keys.slice(0, some) } },
        }),
      )
      const left = Keys.slice(some)
      return {
        ...answer,
        UnprocessedKeys: left.length > 0 ? { [table ?? '']: { ...request, Keys: left } } : {},
      }
    }
    if (command instanceof BatchWriteCommand) {
      const [[table, writes = []] = []] = Object.entries(command.input.RequestItems ?? {})
      const some = Math.ceil(writes.length / 3)
      await client.send(
        new BatchWriteCommand({ RequestItems: { [table ?? '']: writes.slice(0, some) } }),
      )
      const left = writes.slice(some)
      return { UnprocessedItems: left.length > 0 ? { [table ?? '']: left } : {} }
    }
    return client.send(command)
  })
}

function through(
  client: DynamoDBDocumentClient,
  send: (command: Sent) => Promise<unknown>,
): DynamoDBDocumentClient {
  // A client of which only `send` is another one.
  return Object.assign(Object.create(client), { send }) as DynamoDBDocumentClient
}
