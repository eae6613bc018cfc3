import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import fc from 'fast-check'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { attributesOf, itemOf } from '../../platform/dynamodb/item.ts'

/** The SDK loses what is called `__proto__` and refuses what has a `constructor`; ours takes both. */
const name = fc.string({ minLength: 1 }).filter((text) => !(text in {}))

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.double({ noDefaultInfinity: true, noNaN: true, max: 1e15, min: -1e15 }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.uint8Array(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(name, tie('any'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).any
const item = fc.dictionary(name, value, { noNullPrototype: true })

describe('DynamoDB’s notation of an item', () => {
  test('is what the SDK makes of it, and reads as what it was', () => {
    fc.assert(
      fc.property(item, (one) => {
        const theirs = marshall(one, { removeUndefinedValues: true })
        const ours = attributesOf(one)
        expect(JSON.parse(JSON.stringify(ours))).toEqual(asJson(theirs))
        expect(itemOf(asJson(theirs))).toEqual(unmarshall(theirs))
      }),
    )
  })

  /** Bytes are base64 in JSON. */
  const asJson = (attributes: unknown): Record<string, Record<string, unknown>> =>
    JSON.parse(
      JSON.stringify(attributes, (_, one: unknown) =>
        one instanceof Uint8Array ? Buffer.from(one).toString('base64') : one,
      ),
    )

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'is not made of %p, which it would not give back',
    (n) => {
      expect(() => attributesOf({ n })).toThrow('is none that DynamoDB and JavaScript both have')
    },
  )

  test.each([[() => 1], [10n], [Symbol('a')]])('is not made of %p', (thing) => {
    expect(() => attributesOf({ thing })).toThrow(`DynamoDB has no ${typeof thing}`)
  })

  test('is not read where a number would lose digits, or as a type that nothing here writes', () => {
    expect(() => itemOf({ n: { N: '9007199254740993' } })).toThrow(
      'DynamoDB has a number that JavaScript has not',
    )
    expect(() => itemOf({ set: { SS: ['a'] } })).toThrow('no type that is used here')
  })
})

const Key = { pk: 'a', sk: 'b' }
const Item = { ...Key, n: 1, bytes: new Uint8Array([1, 2]), list: [{ a: null }], gone: undefined }
const names = {
  ExpressionAttributeNames: { '#n': 'n' },
  ExpressionAttributeValues: { ':n': 1, ':gone': undefined },
}
const condition = { ConditionExpression: 'n = :n', ...names }
const update = { TableName: 'T', Key, UpdateExpression: 'SET n = :n', ...condition }
const query = { TableName: 'T', KeyConditionExpression: 'pk = :n', Limit: 2, IndexName: undefined }
const wire = { pk: { S: 'a' }, n: { N: '1' }, bytes: { B: 'AQI=' } }

/** Commands, and what DynamoDB answers each. */
const exchanges = {
  get: [new GetCommand({ TableName: 'T', Key, ConsistentRead: true }), { Item: wire }],
  'get of nothing': [new GetCommand({ TableName: 'T', Key }), {}],
  put: [new PutCommand({ TableName: 'T', Item, ...condition }), {}],
  update: [new UpdateCommand({ ...update, ReturnValues: 'ALL_NEW' }), { Attributes: wire }],
  delete: [new DeleteCommand({ TableName: 'T', Key, ...condition }), {}],
  query: [
    new QueryCommand({ ...query, ...names, ExclusiveStartKey: Key }),
    { Items: [wire, wire], Count: 2, LastEvaluatedKey: { pk: { S: 'a' } } },
  ],
  scan: [new ScanCommand({ TableName: 'T', FilterExpression: 'n = :n', ...names }), {}],
  'batch get': [
    new BatchGetCommand({
      RequestItems: { T: { Keys: [Key], ConsistentRead: true }, Key: { Keys: [Key] } },
    }),
    {
      Responses: { T: [wire], Item: [wire] },
      UnprocessedKeys: { Key: { Keys: [{ pk: { S: 'a' } }] } },
    },
  ],
  'batch write': [
    new BatchWriteCommand({
      RequestItems: { T: [{ PutRequest: { Item } }, { DeleteRequest: { Key } }] },
    }),
    { UnprocessedItems: { T: [{ PutRequest: { Item: wire } }] } },
  ],
  transaction: [
    new TransactWriteCommand({
      ClientRequestToken: 'once',
      TransactItems: [
        { Put: { TableName: 'T', Item, ...condition } },
        { Update: update },
        { Delete: { TableName: 'T', Key } },
        { ConditionCheck: { TableName: 'T', Key, ...condition } },
      ],
    }),
    {},
  ],
} as const

describe('a command', () => {
  let server: Server
  let url: URL
  let theirs: DynamoDBDocumentClient
  let asked: { readonly target: unknown; readonly body: unknown }[] = []
  let answer: readonly [status: number, body: object] = [200, {}]
  const ours = dynamo(() => url)

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
      asked.push({ target: request.headers['x-amz-target'], body })
      response.writeHead(answer[0]).end(JSON.stringify(answer[1]))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    url = new URL(`http://127.0.0.1:${port}`)
    theirs = DynamoDBDocumentClient.from(
      new DynamoDBClient({
        endpoint: String(url),
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }),
      { marshallOptions: { removeUndefinedValues: true } },
    )
  })
  beforeEach(() => {
    asked = []
  })
  afterAll(() => {
    theirs.destroy()
    server.closeAllConnections()
    server.close()
  })

  test.each(Object.entries(exchanges))(
    'is sent and read as the SDK does it: %s',
    async (_, [command, said]) => {
      answer = [200, said]
      // Which command it is plays no part here.
      const get = command as GetCommand
      const { $metadata, ...expected } = await theirs.send(get)
      expect($metadata.httpStatusCode).toBe(200)
      expect(await ours.send(get)).toEqual(expected)
      expect(asked[1]).toEqual(asked[0])
    },
  )

  test('of a transaction has a token, so that it is done once however often it is sent', async () => {
    answer = [200, {}]
    await ours.send(new TransactWriteCommand({ TransactItems: [] }))
    expect(asked[0]?.body).toEqual({ ClientRequestToken: expect.any(String), TransactItems: [] })
  })

  test('that is refused says why, for each item of a transaction', async () => {
    const CancellationReasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }]
    const __type = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException'
    answer = [400, { __type, Message: 'no', CancellationReasons }]
    await expect(ours.send(new TransactWriteCommand({ TransactItems: [] }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: 'no',
      CancellationReasons,
    })
    answer = [400, { what: 'is this' }]
    await expect(ours.send(new GetCommand({ TableName: 'T', Key }))).rejects.toThrow(
      'GetItem answered 400',
    )
  })
})
