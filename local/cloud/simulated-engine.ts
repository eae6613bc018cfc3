import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { CreateTableCommandInput, KeySchemaElement } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import { commands } from '../../simulation/dynamo.ts'
import type { Item } from '../../simulation/expressions.ts'
import { type Change, Table, TableError } from '../../simulation/tables.ts'
import { listen } from './listen.ts'

/** A running DynamoDB engine. */
export interface Engine {
  readonly endpoint: string
  /** Absent where it is not ours, or no process of its own. */
  readonly pid?: number | undefined
  readonly isSimulated?: boolean
  close(): Promise<void>
}

type Input = Readonly<Record<string, unknown>>
type Action = (input: Input) => Input

/** A change as the file has it, items as in DynamoDB's protocol. */
interface Kept {
  readonly table: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly key: Input
  /** Absent when the item was deleted. */
  readonly image: Input | undefined
}

interface StreamRecord extends Kept, Pick<Change, 'sequence' | 'kind'> {
  readonly old: Input | undefined
}

interface Opened {
  readonly table: Table
  readonly created: CreateTableCommandInput
  /** The stream: everything of the last day, in order and without gaps. */
  readonly changes: StreamRecord[]
}

/** A line of the file: a table, or what one request changed. */
type Line = { readonly create: CreateTableCommandInput } | { readonly changes: readonly Kept[] }

/** Streams keep their records for so long. */
const dayMs = 86_400_000

/**
 * The simulation's tables behind DynamoDB's own protocol: an engine for systems that have no native one. It checks no limits
 * of DynamoDB and counts no capacity. With a file it goes on from what it wrote there, a line for each request that changed something.
 */
export async function startSimulatedEngine(file: string | undefined): Promise<Engine> {
  const answer = engine(file)
  const server = createServer((request, response) => {
    void reply(request, answer).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
    })
  })
  const port = await listen(server)
  return {
    endpoint: `http://127.0.0.1:${port}`,
    isSimulated: true,
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function reply(request: IncomingMessage, answer: (action: string, input: Input) => Input) {
  const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
  try {
    const input: Input = JSON.parse((await buffer(request)).toString(), bytesIn)
    return { status: 200, body: write(answer(action, input)) }
  } catch (error) {
    return { status: 400, body: write(refusalOf(error)) }
  }
}

function refusalOf(error: unknown): Input {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof TableError))
    return { __type: 'com.amazon.coral#ValidationException', message }
  const { name, CancellationReasons, Item } = error
  const codes = CancellationReasons.map(({ Code }) => Code)
  return {
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: [message, ...(codes.length > 0 ? [`[${codes.join(', ')}]`] : [])].join(' '),
    ...(codes.length > 0 && { CancellationReasons }),
    ...(Item !== undefined && { Item }),
  }
}

function engine(file: string | undefined): (action: string, input: Input) => Input {
  const opened = new Map<string, Opened>()
  const tables = new Map<string, Table>()
  let changed: StreamRecord[] = []
  let now = Date.now
  const create = (created: CreateTableCommandInput): void => {
    const design = designOf(created)
    const table = new Table(design, ({ sequence, kind, key, image, old }) =>
      changed.push({
        ...{ table: design.name, at: now(), sequence, kind },
        ...{ key: attributes(key), image: image && attributes(image), old: old && attributes(old) },
      }),
    )
    opened.set(design.name, { table, created, changes: [] })
    tables.set(design.name, table)
  }
  const find = (name: unknown): Opened => {
    const found = opened.get(String(name))
    if (!found) throw new TableError('ResourceNotFoundException')
    return found
  }
  /** Into the streams, and returns what is to be written down. */
  const keep = (): readonly Kept[] => {
    const taken = changed
    changed = []
    for (const change of taken) {
      const stream = find(change.table).changes
      stream.push(change)
      while ((stream[0]?.at ?? change.at) < change.at - dayMs) stream.shift()
    }
    return taken.map(({ table, at, key, image }) => ({ table, at, key, image }))
  }
  const log = (line: Line): void => {
    if (file !== undefined) appendFileSync(file, `${write(line)}\n`)
  }
  for (const line of linesIn(file)) {
    if ('create' in line) create(line.create)
    else {
      for (const { table, at, key, image } of line.changes) {
        now = () => at
        if (image) find(table).table.put(unmarshall(Object(image)))
        else find(table).table.delete(unmarshall(Object(key)))
      }
      keep()
    }
  }
  now = Date.now

  const items =
    (command: string): Action =>
    (input) => {
      const answer = commands[command]?.(plain(input), tables) ?? {}
      const changes = keep()
      if (changes.length > 0) log({ changes })
      return wired(answer)
    }
  const actions: Readonly<Record<string, Action>> = {
    GetItem: items('GetCommand'),
    PutItem: items('PutCommand'),
    UpdateItem: items('UpdateCommand'),
    DeleteItem: items('DeleteCommand'),
    TransactWriteItems: items('TransactWriteCommand'),
    BatchGetItem: items('BatchGetCommand'),
    BatchWriteItem: items('BatchWriteCommand'),
    Query: (input) => page(input, find(input['TableName']).table, items('QueryCommand')),
    Scan: (input) => page(input, find(input['TableName']).table, items('ScanCommand')),
    CreateTable: (input) => {
      // What is created is what a template or a test says, which the SDK's types describe.
      const created = input as unknown as CreateTableCommandInput
      create(created)
      log({ create: created })
      return {}
    },
    UpdateTimeToLive: () => ({}),
    ListTables: () => ({ TableNames: [...opened.keys()] }),
    DescribeTable: ({ TableName }) => ({
      Table: { ...find(TableName).created, TableStatus: 'ACTIVE', LatestStreamArn: TableName },
    }),
    DescribeStream: () => ({ StreamDescription: { Shards: [{ ShardId: 'shardId-00000001' }] } }),
    GetShardIterator: ({ StreamArn, ShardIteratorType, SequenceNumber }) => {
      const { changes } = find(StreamArn)
      const next = (changes.at(-1)?.sequence ?? 0) + 1
      const starts: Readonly<Record<string, number>> = {
        TRIM_HORIZON: changes[0]?.sequence ?? next,
        LATEST: next,
        AFTER_SEQUENCE_NUMBER: Number(SequenceNumber) + 1,
      }
      return { ShardIterator: `${starts[String(ShardIteratorType)]} ${StreamArn}` }
    },
    GetRecords: ({ ShardIterator, Limit }) => {
      const [from, name] = String(ShardIterator).split(' ')
      const { changes, created } = find(name)
      const first = Math.max(0, Number(from) - (changes[0]?.sequence ?? 0))
      const records = changes.slice(first, first + Number(Limit ?? 1000))
      const next = (records.at(-1)?.sequence ?? Number(from) - 1) + 1
      const view = created.StreamSpecification?.StreamViewType ?? ''
      return {
        Records: records.map((change) => recordOf(change, view)),
        NextShardIterator: `${next} ${name}`,
      }
    },
  }
  return (action, input) => {
    const act = actions[action]
    if (!act) throw new Error(`the simulated tables do not support ${action}`)
    return act(input)
  }
}

function designOf({ TableName, KeySchema, GlobalSecondaryIndexes }: CreateTableCommandInput) {
  const indexes = (GlobalSecondaryIndexes ?? []).map(
    (index) => [String(index.IndexName), keyOf(index.KeySchema)] as const,
  )
  return {
    name: String(TableName),
    key: keyOf(KeySchema),
    indexes: Object.fromEntries(indexes),
    // Every change is written down, whether a stream is declared or not.
    streamArn: String(TableName),
  }
}

function keyOf(schema: readonly KeySchemaElement[] | undefined) {
  const [hash, range] = (schema ?? []).map(({ AttributeName }) => String(AttributeName))
  return { hash: hash ?? '', ...(range !== undefined && { range }) }
}

/** One page of what a query or a scan finds, after filtering. */
function page({ Limit, ExclusiveStartKey, ...input }: Input, table: Table, find: Action): Input {
  const { Items } = find(input)
  const all: readonly Item[] = Array.isArray(Items) ? Items : []
  const range = (table.design.indexes[String(input['IndexName'])] ?? table.design.key).range ?? ''
  const isAfter = (item: Item, start: Item): boolean => {
    const [one, other] = [write(item[range]), write(start[range])]
    return input['ScanIndexForward'] === false ? one < other : one > other
  }
  const from = ExclusiveStartKey === undefined ? undefined : Object(ExclusiveStartKey)
  const same = all.findIndex((item) => from && isSame(table.keyOf(item), table.keyOf(from)))
  // The item that a page ended with may be gone.
  const next = same < 0 ? all.findIndex((item) => !from || isAfter(item, from)) : same + 1
  const start = next < 0 ? all.length : next
  const taken = all.slice(start, Limit === undefined ? undefined : start + Number(Limit))
  const isLast = start + taken.length >= all.length
  return {
    Items: taken,
    Count: taken.length,
    ...(!isLast && { LastEvaluatedKey: picked(taken.at(-1), keyNames(table, input['IndexName'])) }),
  }
}

const isSame = (one: Item, other: Item): boolean => write(one) === write(other)

const keyNames = ({ design }: Table, index: unknown): readonly string[] =>
  [design.key, design.indexes[String(index)]].flatMap((key) =>
    key ? [key.hash, ...(key.range === undefined ? [] : [key.range])] : [],
  )

const picked = (item: unknown, names: readonly string[]): Input =>
  Object.fromEntries(names.map((name) => [name, Object(item)[name]]))

function recordOf(
  { kind, sequence, key, image, old, at, table }: StreamRecord,
  view: string,
): Input {
  return {
    eventID: `${table}-${sequence}`,
    eventName: kind,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      SequenceNumber: String(sequence).padStart(21, '0'),
      ApproximateCreationDateTime: Math.floor(at / 1000),
      StreamViewType: view,
      Keys: key,
      ...(old && view.includes('OLD') && { OldImage: old }),
      ...(image && view.includes('NEW') && { NewImage: image }),
    },
  }
}

const attributes = (item: Item): Input => marshall(item, { removeUndefinedValues: true })

/** Fields of requests and answers that are an item, and that are several. */
const itemFields = new Set(['Item', 'Key', 'ExpressionAttributeValues', 'ExclusiveStartKey'])
const listFields = new Set(['Keys', 'Items'])

/** A request as the document client has it. */
const plain = (input: Input): Input =>
  translated(input, (item) => unmarshall(Object(item))) as Input

/** An answer as DynamoDB's protocol has it; of a batch, the lists of its tables. */
const wired = ({ Responses, ...answer }: Input): Input => ({
  ...(translated(answer, (item) => attributes(Object(item))) as Input),
  ...(Responses !== undefined && {
    Responses: Object.fromEntries(
      Object.entries(Object(Responses)).map(([name, items]) => [
        name,
        (items as Item[]).map(attributes),
      ]),
    ),
  }),
})

function translated(value: unknown, item: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => translated(each, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => {
      if (own === undefined) return [name, own]
      if (itemFields.has(name)) return [name, item(own)]
      if (listFields.has(name)) return [name, (own as unknown[]).map(item)]
      return [name, translated(own, item)]
    }),
  )
}

/** The lines of a file; the last is left out if the process ended before it was written. */
function linesIn(file: string | undefined): readonly Line[] {
  if (file === undefined || !existsSync(file)) return []
  const text = readFileSync(file)
  const end = text.lastIndexOf('\n') + 1
  if (end < text.length) truncateSync(file, end)
  const lines = text.toString('utf8', 0, end).split('\n').slice(0, -1)
  return lines.map((line): Line => JSON.parse(line, bytesIn))
}

/** Bytes are `{"B": "<base64>"}`, in DynamoDB's protocol and in the file. */
const bytesIn = (name: string, value: unknown): unknown =>
  name === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value

const write = (value: unknown): string =>
  JSON.stringify(value, function (this: Input, name, own) {
    const given = this[name]
    return given instanceof Uint8Array ? Buffer.from(given).toString('base64') : own
  })
