import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { closedBreaker } from '../../domain/effects/circuit-breaker.ts'
import { dynamoCircuitBreakers } from '../../platform/dynamodb/circuit-breakers.ts'
import { breakersContract, newConnection } from '../support/circuit-breakers-contract.ts'
import { cursorsTable, withDynamo } from '../support/dynamo.ts'
import { MemoryCircuitBreakers } from '../support/memory-circuit-breakers.ts'
import { seconds } from '../support/orders.ts'

describe('breakers in memory', () => {
  breakersContract(() => new MemoryCircuitBreakers())
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

withDynamo('breakers in DynamoDB', (client) => {
  breakersContract(() => dynamoCircuitBreakers(client, cursorsTable))

  test("cached reads within seconds are one read, and later ones see other writers' changes", async () => {
    const connection = newConnection()
    let now = Date.now()
    const counted = counting(client)
    const breakers = dynamoCircuitBreakers(counted.client, cursorsTable, () => now)
    await Promise.all(Array.from({ length: 20 }, () => breakers.glance(connection)))
    expect(counted.sent).toEqual(['GetCommand'])

    const struck = { state: 'closed', rev: 0, strikes: 1, struckAt: seconds(0) } as const
    await dynamoCircuitBreakers(client, cursorsTable).save(connection, closedBreaker, struck)
    expect(await breakers.glance(connection)).toEqual(closedBreaker)
    now += 3000
    expect(await breakers.glance(connection)).toMatchObject({ strikes: 1 })
    expect(counted.sent).toHaveLength(2)
  })

  test('who wrote a breaker, or was refused and looked, glances at that one', async () => {
    const connection = newConnection()
    const counted = counting(client)
    const breakers = dynamoCircuitBreakers(counted.client, cursorsTable)
    const struck = { state: 'closed', rev: 0, strikes: 1, struckAt: seconds(0) } as const
    await breakers.save(connection, closedBreaker, struck)
    expect(await breakers.glance(connection)).toMatchObject({ strikes: 1 })
    expect(counted.sent).toEqual(['PutCommand'])
  })

  test('a failed read is not cached', async () => {
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
    const breakers = dynamoCircuitBreakers(flaky, cursorsTable)
    await expect(breakers.glance(connection)).rejects.toThrow('throttled')
    broken = false
    expect(await breakers.glance(connection)).toEqual(closedBreaker)
  })
})
