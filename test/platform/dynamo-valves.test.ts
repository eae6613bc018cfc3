import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { openValve } from '../../domain/effects/valve.ts'
import { dynamoValves } from '../../platform/dynamodb/valves.ts'
import { cursorsTable, withDynamo } from '../support/dynamo.ts'
import { MemoryValves } from '../support/memory-valves.ts'
import { seconds } from '../support/orders.ts'
import { newConnection, valvesContract } from '../support/valves-contract.ts'

describe('valves in memory', () => {
  valvesContract(() => new MemoryValves())
})

/** A client that counts what is sent through it. */
function counting(client: DynamoDBDocumentClient) {
  const sent: string[] = []
  const counted = new Proxy(client, {
    get: (target, property) =>
      property === 'send'
        ? (command: Parameters<typeof client.send>[0]) => {
            sent.push(command.constructor.name)
            return target.send(command)
          }
        : Reflect.get(target, property),
  })
  return { sent, client: counted }
}

withDynamo('valves in DynamoDB', (client) => {
  valvesContract(() => dynamoValves(client, cursorsTable))

  test('many glances in a few seconds are one read, and later ones see what others wrote', async () => {
    const connection = newConnection()
    let now = Date.now()
    const counted = counting(client)
    const valves = dynamoValves(counted.client, cursorsTable, () => now)
    await Promise.all(Array.from({ length: 20 }, () => valves.glance(connection)))
    expect(counted.sent).toEqual(['GetCommand'])

    const struck = { is: 'open', rev: 0, strikes: 1, struckAt: seconds(0) } as const
    await dynamoValves(client, cursorsTable).save(connection, openValve, struck)
    expect(await valves.glance(connection)).toEqual(openValve)
    now += 3000
    expect(await valves.glance(connection)).toMatchObject({ strikes: 1 })
    expect(counted.sent).toHaveLength(2)
  })

  test('who wrote a valve, or was refused and looked, glances at that one', async () => {
    const connection = newConnection()
    const counted = counting(client)
    const valves = dynamoValves(counted.client, cursorsTable)
    const struck = { is: 'open', rev: 0, strikes: 1, struckAt: seconds(0) } as const
    await valves.save(connection, openValve, struck)
    expect(await valves.glance(connection)).toMatchObject({ strikes: 1 })
    expect(counted.sent).toEqual(['PutCommand'])
  })

  test('a read that failed is not remembered', async () => {
    const connection = newConnection()
    let broken = true
    const flaky = new Proxy(client, {
      get: (target, property) =>
        property === 'send' && broken
          ? async () => {
              throw new Error('throttled')
            }
          : Reflect.get(target, property),
    })
    const valves = dynamoValves(flaky, cursorsTable)
    await expect(valves.glance(connection)).rejects.toThrow('throttled')
    broken = false
    expect(await valves.glance(connection)).toEqual(openValve)
  })
})
