import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type ScalarAttributeType,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { startEngine } from '../../local/cloud/dynoxide.ts'
import type { Engine } from '../../local/cloud/simulated-engine.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'

/**
 * Tests with the project's tables in each engine that `npm start` may run on: the one that is installed or that DYNAMODB_ENDPOINT names,
 * and the simulated one. The client is the product's; beside it is the SDK's own.
 */
export function withDynamo(
  title: string,
  tests: (client: DynamoDBDocumentClient, theirs: DynamoDBClient) => void,
): void {
  const engines: readonly (readonly [string, string | undefined])[] = [
    ['installed engine', process.env['DYNAMODB_ENDPOINT']],
    ['simulated engine', 'simulated'],
  ]
  describe.each(engines)(`${title} (%s)`, (_, given) => {
    let endpoint = ''
    let engine: Engine | undefined
    const config = asTest(() => Number(new URL(endpoint).port))
    const client = new DynamoDBClient(config)
    beforeAll(async () => {
      engine = await startEngine(undefined, given)
      // Elsewhere there may be none; the simulated one is tried twice then.
      if (process.env['CI'] && !given) expect(engine.isSimulated).toBeUndefined()
      endpoint = engine.endpoint
      await Promise.all(tables.map((table) => client.send(new CreateTableCommand(table))))
    })
    afterAll(async () => {
      client.destroy()
      await engine?.close()
    })
    tests(dynamo(config), client)
  })
}

/** For a client of what listens on a port of this machine, once it is known. */
export const asTest = (port: () => number) => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  endpoint: async () => ({ protocol: 'http:', hostname: '127.0.0.1', port: port(), path: '/' }),
})

export const ledgerTable = 'Ledger'
export const peopleTable = 'People'
export const cursorsTable = 'Cursors'
export const idempotencyTable = 'Idempotency'
export const crossReferencesTable = 'CrossReferences'
export const stockTable = 'Stock'

const keyed = (...names: readonly string[]) => ({
  KeySchema: names.map((AttributeName, i) => ({
    AttributeName,
    KeyType: i === 0 ? ('HASH' as const) : ('RANGE' as const),
  })),
})
const texts = (...names: readonly string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as ScalarAttributeType }))
const keysOnly = { Projection: { ProjectionType: 'KEYS_ONLY' as const } }

const tables: readonly CreateTableCommandInput[] = [
  {
    TableName: ledgerTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: texts(
      'pk',
      'sk',
      'dueShard',
      'dueAt',
      'exceptionOwner',
      'exceptionDeadline',
    ),
    ...keyed('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'due', ...keyed('dueShard', 'dueAt'), ...keysOnly },
      { IndexName: 'exceptions', ...keyed('exceptionOwner', 'exceptionDeadline'), ...keysOnly },
    ],
  },
  {
    TableName: crossReferencesTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: texts('pk', 'sk'),
    ...keyed('pk', 'sk'),
  },
  {
    TableName: stockTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: texts('pk', 'sk', 'dirtyShard', 'dirtyAt'),
    ...keyed('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'dirty', ...keyed('dirtyShard', 'dirtyAt'), ...keysOnly },
    ],
  },
  ...[peopleTable, cursorsTable].map((TableName) => ({
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: texts('pk'),
    ...keyed('pk'),
  })),
  {
    TableName: idempotencyTable,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: texts('id'),
    ...keyed('id'),
  },
]
