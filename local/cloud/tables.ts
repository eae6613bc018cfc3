import { httpClient } from '../../twins/host/http-client.ts'
import { type AwsAnswer, type AwsCall, type AwsService, jsonError } from './aws-call.ts'
import { needsOfTables } from './dynamodb-needs.ts'
import { startEngine } from './dynoxide.ts'
import { type Model, nameOf, type Resource } from './model.ts'
import { Refused } from './refusal.ts'
import type { Engine } from './simulated-engine.ts'

/** The tables of the assembly in a DynamoDB engine. */
export interface Tables {
  readonly dynamodb: AwsService
  readonly streams: AwsService
  /** One call to the engine; throws what the engine answers when it is no 200. */
  call(target: string, input: unknown): Promise<Record<string, unknown>>
  /** The engine's own name of a table's stream. */
  streamOf(tableName: string): Promise<string>
  /** Calls back after each write to the table that went through the gateway. */
  onWrite(tableName: string, wake: () => void): void
  /** The engine's process, where it is ours. */
  readonly pid: number | undefined
  readonly areSimulated: boolean
  close(): Promise<void>
}

type Table = Resource<'AWS::DynamoDB::GlobalTable'>

/** Starts the engine and creates what is not there yet; `own` are the tables that the stacks had before. */
export async function openTables(
  model: Model,
  dataFile: string | undefined,
  own: ReadonlySet<string>,
): Promise<Tables> {
  const engine = await startEngine(dataFile)
  const client = httpClient(engine.endpoint)
  const forward = (target: string, body: Buffer | string) =>
    client.post(headersFor(target, model.place.region), body)
  const call: Tables['call'] = async (target, input) => {
    const reply = await forward(target, JSON.stringify(input))
    const answer: Record<string, unknown> = JSON.parse(reply.body.toString())
    if (reply.status === 200) return answer
    throw Object.assign(new Error(`${target}: ${answer['message'] ?? answer['Message']}`), {
      type: String(answer['__type']),
    })
  }
  const declared = model.of('AWS::DynamoDB::GlobalTable')
  await Promise.all(
    declared.map((table) => ensureTable(call, table, own.has(table.attributes.Ref))),
  ).catch(async (error: unknown) => {
    await closeTables(engine, client.close)
    throw error
  })
  const listeners = new Map<string, (() => void)[]>()
  const wake = (tableName: string) => {
    for (const listener of listeners.get(tableName) ?? []) listener()
  }
  return {
    call,
    pid: engine.pid,
    areSimulated: engine.isSimulated === true,
    dynamodb: dynamodbService(model, forward, wake),
    streams: {
      needs: (request) => [
        {
          action: `dynamodb:${request.action}`,
          resource: String(request.json['StreamArn'] ?? '*'),
        },
      ],
      answer: ({ action, body }) =>
        forward(`DynamoDBStreams_20120810.${action}`, body).then(asAnswer),
      denied,
    },
    streamOf: async (tableName) => {
      const { Table } = await call('DynamoDB_20120810.DescribeTable', { TableName: tableName })
      return String(Object(Table)['LatestStreamArn'])
    },
    onWrite: (tableName, listener) => {
      listeners.set(tableName, [...(listeners.get(tableName) ?? []), listener])
    },
    close: () => closeTables(engine, client.close),
  }
}

function dynamodbService(
  model: Model,
  forward: (
    target: string,
    body: Buffer | string,
  ) => ReturnType<ReturnType<typeof httpClient>['post']>,
  wake: (tableName: string) => void,
): AwsService {
  const needs = needsOfTables(model)
  return {
    needs,
    denied,
    answer: async (request) => {
      const reply = await forward(`DynamoDB_20120810.${request.action}`, withCapacity(request))
      for (const table of writtenBy(request)) wake(table)
      const capacityUnits =
        reply.status === 200 ? capacityOf(reply.body) : capacityOfRefused(request, reply.body)
      return { ...asAnswer(reply), capacityUnits }
    },
  }
}

async function closeTables(engine: Engine, disconnect: () => void): Promise<void> {
  disconnect()
  await engine.close()
}

function denied(message: string): AwsAnswer {
  return jsonError('AccessDeniedException', message)
}

function asAnswer(reply: { readonly status: number; readonly body: Buffer }): AwsAnswer {
  return {
    status: reply.status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: reply.body,
  }
}

/** dynoxide wants a signature's headers but does not check it. */
function headersFor(target: string, region: string): Record<string, string> {
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    'x-amz-target': target,
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
  }
}

const measured = /^(Get|Put|Update|Delete|Query|Scan|BatchGet|BatchWrite|TransactGet|TransactWrite)/

/** Asks for the consumed capacity without parsing and writing the body again. */
function withCapacity(request: AwsCall): Buffer {
  const { action, body, json } = request
  if (!measured.test(action) || 'ReturnConsumedCapacity' in json) return body
  const start = body.indexOf('{')
  if (start < 0 || Object.keys(json).length === 0) return body
  return Buffer.concat([
    Buffer.from('{"ReturnConsumedCapacity":"TOTAL",'),
    body.subarray(start + 1),
  ])
}

function capacityOf(body: Buffer): number {
  const at = body.indexOf('"ConsumedCapacity"')
  if (at < 0) return 0
  const units = body.toString('utf8', at, at + 1_000).matchAll(/"CapacityUnits":([\d.]+)/g)
  return [...units].reduce((sum, [, value]) => sum + Number(value), 0)
}

/**
 * A write whose condition fails is billed as if it had been done, by what is there: taken for as large as what was to come, which
 * is a third longer in Base64. The engine names no units with its refusal.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.ConditionalUpdate
 */
export function capacityOfRefused({ json }: Pick<AwsCall, 'json'>, answer: Buffer): number {
  if (!answer.includes('ConditionalCheckFailed')) return 0
  if (!Array.isArray(json['TransactItems'])) return unitsOf(json)
  const writes = json['TransactItems'].flatMap((item) => Object.values(Object(item)))
  return writes.reduce<number>((sum, write) => sum + 2 * unitsOf(write), 0)
}

const unitsOf = (write: unknown): number =>
  Math.max(1, Math.ceil((JSON.stringify(Object(write).Item ?? '').length * 3) / 4 / 1024))

const single = ['PutItem', 'UpdateItem', 'DeleteItem']

function writtenBy({ action, json }: AwsCall): readonly string[] {
  if (single.includes(action)) return [String(json['TableName'])]
  if (action === 'BatchWriteItem') return Object.keys(Object(json['RequestItems']))
  if (action !== 'TransactWriteItems' || !Array.isArray(json['TransactItems'])) return []
  return json['TransactItems'].flatMap((item) =>
    Object.values(Object(item)).map((part) => String(Object(part)['TableName'])),
  )
}

async function ensureTable(call: Tables['call'], table: Table, isOwn: boolean): Promise<void> {
  const name = table.attributes.Ref
  const found = await describe(call, name)
  // CloudFormation makes the tables that are new to a stack; a name that is taken it refuses.
  if (found && table.properties.TableName && !isOwn) {
    throw new Refused([`${nameOf(table)}: ${name} already exists; import it into the stack first`])
  }
  if (found) return checkSame(table, found)
  const { properties } = table
  await call('DynamoDB_20120810.CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(indexOf),
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes?.map(indexOf),
    StreamSpecification: properties.StreamSpecification && {
      StreamEnabled: true,
      ...properties.StreamSpecification,
    },
  })
  while ((await describe(call, name))?.['TableStatus'] !== 'ACTIVE') {
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  if (properties.TimeToLiveSpecification?.Enabled) {
    await call('DynamoDB_20120810.UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: properties.TimeToLiveSpecification,
    })
  }
}

function indexOf(index: {
  readonly IndexName: string
  readonly KeySchema: unknown
  readonly Projection: unknown
}): unknown {
  return { IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection }
}

async function describe(
  call: Tables['call'],
  name: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { Table } = await call('DynamoDB_20120810.DescribeTable', { TableName: name })
    return Object(Table)
  } catch (error) {
    if (String(Object(error).type).includes('ResourceNotFound')) return undefined
    throw error
  }
}

function checkSame(table: Table, found: Record<string, unknown>): void {
  const indexes = (list: unknown) =>
    (Array.isArray(list) ? list : []).map((index) => [index.IndexName, index.KeySchema]).sort()
  const shape = (from: Record<string, unknown>) =>
    JSON.stringify([
      from['KeySchema'],
      indexes(from['GlobalSecondaryIndexes']),
      Object(from['StreamSpecification'])['StreamViewType'],
    ])
  if (shape(found) === shape(table.properties)) return
  throw new Error(
    `${nameOf(table)}: the table on disk has other keys, indexes or stream than the template; start with an empty data directory`,
  )
}
