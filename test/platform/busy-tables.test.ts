import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '../../platform/dynamodb/batch-get.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { isConditionFailure } from '../../platform/dynamodb/condition-failures.ts'
import { asTest } from '../support/dynamo.ts'

/** What an engine on a laptop never says: a table that is busy. */
describe('tables that are busy', () => {
  let answers: readonly (readonly [status: number, body: object])[] = []
  const asked: { readonly RequestItems: unknown }[] = []
  let server: Server
  let port = 0
  const client = dynamo(asTest(() => port))
  /** The SDK waits for seconds when a table throttles. */
  const impatient = dynamo({ ...asTest(() => port), maxAttempts: 1 })
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      asked.push(JSON.parse(Buffer.concat(chunks).toString()))
      const [status, body] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, {}]
      response.writeHead(status).end(JSON.stringify(body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  beforeEach(() => {
    asked.length = 0
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const both = { one: { Keys: [{ pk: 'a' }] }, other: { Keys: [{ pk: 'b' }] } }
  const rest = { other: { Keys: [{ pk: { S: 'b' } }] } }
  const part = { Responses: { one: [{ pk: { S: 'a' } }] }, UnprocessedKeys: rest }

  test('only the items that a batch left out are requested again', async () => {
    answers = [
      [200, part],
      [200, { Responses: { other: [{ pk: { S: 'b' } }] } }],
    ]
    const found = await batchGet(client, both)
    expect([...found]).toEqual([
      ['one', [{ pk: 'a' }]],
      ['other', [{ pk: 'b' }]],
    ])
    expect(asked[1]?.RequestItems).toEqual(rest)
  })

  test('an item that never arrives is not taken as missing', async () => {
    answers = [[200, part]]
    await expect(batchGet(client, both)).rejects.toThrow('DynamoDB did not read all of other')
    expect(asked).toHaveLength(5)
  })

  test('a write that conflicts with a transaction lost a race, a throttled one did not', async () => {
    const raceOf = async (name: string) => {
      answers = [[400, { __type: `com.amazonaws.dynamodb.v20120810#${name}` }]]
      const put = new PutCommand({ TableName: 'any', Item: { pk: 'a' } })
      return impatient.send(put).then(() => undefined, isConditionFailure)
    }
    expect(await raceOf('TransactionConflictException')).toBe(true)
    expect(await raceOf('ConditionalCheckFailedException')).toBe(true)
    expect(await raceOf('ProvisionedThroughputExceededException')).toBe(false)
  })

  describe('a transaction', () => {
    const cancelled = (...codes: readonly string[]) =>
      [
        400,
        {
          __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
          CancellationReasons: codes.map((Code) => ({ Code })),
        },
      ] as const
    const Put = { TableName: 'any', Item: { pk: 'a' } }
    const write = () => client.send(new TransactWriteCommand({ TransactItems: [{ Put }, { Put }] }))

    test.each(['ThrottlingError', 'ProvisionedThroughputExceeded', 'TransactionConflict'])(
      'that met %s is tried again, and is done',
      async (code) => {
        answers = [cancelled('None', code), cancelled(code, code), [200, {}]]
        await write()
        expect(asked).toHaveLength(3)
        // DynamoDB knows it again by its token.
        expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(1)
      },
    )

    test('with a failed condition is not: another writer was first, however busy the tables are', async () => {
      answers = [cancelled('ConditionalCheckFailed', 'ThrottlingError', 'None')]
      expect(await write().then(() => undefined, isConditionFailure)).toBe(true)
      expect(asked).toHaveLength(1)
    })

    test('that is throttled for longer is an error, and no race lost', async () => {
      answers = [cancelled('None', 'ThrottlingError')]
      expect(await write().then(() => undefined, isConditionFailure)).toBe(false)
      expect(asked).toHaveLength(4)
    })

    test('with lasting conflicts lost a race', async () => {
      answers = [cancelled('TransactionConflict', 'ThrottlingError')]
      expect(await write().then(() => undefined, isConditionFailure)).toBe(true)
    })

    test('that is invalid is not retried', async () => {
      answers = [cancelled('ValidationError')]
      expect(await write().then(() => undefined, isConditionFailure)).toBe(false)
      expect(asked).toHaveLength(1)
    })
  })
})
