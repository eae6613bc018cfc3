import * as crypto from 'node:crypto'
import * as zlib from 'node:zlib'
import type { Bus, Entry } from './bus.ts'
import { between, type Draw, pick } from './draw.ts'
import { commands } from './dynamo.ts'
import type { Environment } from './environment.ts'
import type { Item } from './expressions.ts'
import type { Faults } from './faults.ts'
import type { Queue } from './queues.ts'
import { type Table, TableError } from './tables.ts'
import { workNow } from './work.ts'

/** The services that functions call. */
export interface Services {
  readonly tables: ReadonlyMap<string, Table>
  /** By their address. */
  readonly queues: ReadonlyMap<string, Queue>
  readonly bus: Bus
  /** Values by name, JSON. */
  readonly secrets: ReadonlyMap<string, string>
  /** What lies beside every bundle. */
  readonly settings: string
  /** Node's, with random values from the seed. */
  readonly crypto: object
  readonly draw: Draw
  readonly faults: Faults
}

type Send = (command: { readonly input: Input }) => Promise<unknown>
type Input = Readonly<Record<string, unknown>>

/** What the packages of AWS, and those parts of Node that would wait or draw lots, are for a function that runs here. */
export function packagesFor(environment: Environment, services: Services) {
  return {
    '@aws-sdk/lib-dynamodb': tableCommands,
    'platform/dynamodb/client.ts': { dynamo: () => ({ send: tableCalls(environment, services) }) },
    '@aws-sdk/client-eventbridge': {
      ...eventCommands,
      EventBridgeClient: class {
        readonly send: Send = ({ input }) => putEvents(input, environment, services)
      },
    },
    '@aws-sdk/client-sqs': {
      ...queueCommands,
      SQSClient: class {
        readonly send: Send = ({ input }) =>
          'Entries' in input
            ? sendAll(input, environment, services)
            : sendOne(input as unknown as Sending, environment, services)
      },
    },
    'platform/http/aws.ts': withoutClients(environment, services),
    // Whatever is not modelled above would end here.
    'platform/http/exchange.ts': { region: 'us-east-1', exchange: refused, bodyOf: refused },
    '@aws-lambda-powertools/logger': { Logger: Silent },
    '@aws-lambda-powertools/idempotency': {
      IdempotencyConfig: class {
        registerLambdaContext() {}
      },
      // A schedule that fires twice sweeps twice here: worse than Powertools, and it has to be harmless.
      makeIdempotent: <T>(work: T): T => work,
    },
    '@aws-lambda-powertools/idempotency/dynamodb': { DynamoDBPersistenceLayer: class {} },
    'node:timers/promises': { setTimeout: environment.sleep },
    'node:fs': { readFileSync: () => services.settings },
    'node:crypto': services.crypto,
    'node:zlib': zlibAtOnce,
  }
}

class Silent {
  info() {}
  warn() {}
  error() {}
}

/** Command classes whose instances know their names and inputs. */
const commandsNamed = (names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => {
      const command = class {
        readonly command = name
        readonly input: Input
        constructor(input: Input) {
          this.input = input
        }
      }
      return [name, command]
    }),
  )

const tableCommands = commandsNamed(Object.keys(commands))
const eventCommands = commandsNamed(['PutEventsCommand'])
const queueCommands = commandsNamed(['SendMessageCommand', 'SendMessageBatchCommand'])

const conflicts: Readonly<Record<string, () => TableError>> = {
  TransactWriteCommand: () =>
    new TableError('TransactionCanceledException', ['TransactionConflict']),
  PutCommand: () => new TableError('TransactionConflictException'),
}

const writes: ReadonlySet<string> = new Set(['PutCommand', 'UpdateCommand', 'DeleteCommand'])

function tableCalls(environment: Environment, { tables, faults, draw }: Services): Send {
  return (given) => {
    const { command = '' } = given as { readonly command?: string }
    const answer = commands[command]
    if (!answer) throw new Error(`the simulation does not model ${command} of DynamoDB`)
    const { input } = given
    const order = orderIn(input)
    if (order !== undefined) environment.order = order
    const where = `${environment.design.folder} ${command}${order ? ` of ${order}` : ''}`
    return environment.io({
      what: `table ${command.replace('Command', '')}`,
      there: 6,
      effect: () => {
        if (faults.happens('table throttled', where, order)) {
          throw new TableError('ProvisionedThroughputExceededException')
        }
        const conflict = conflicts[command]
        // Orders are what transactions are about, and a single write may meet one.
        const mayMeet = command === 'TransactWriteCommand' || order !== undefined
        if (conflict && mayMeet && faults.happens('transaction conflict', where, order)) {
          throw conflict()
        }
        const { Responses, ...answered } = answer(input, tables)
        if (Responses && faults.happens('read in part', where, order)) {
          return inPart(Responses, input, draw)
        }
        // A transaction carries a token, so that its second try is the first; a single write is made again.
        const lost = writes.has(command) && input['ConditionExpression'] !== undefined
        if (lost && faults.happens('table answer lost', where, order)) return answer(input, tables)
        return Responses ? { Responses, ...answered } : answered
      },
    })
  }
}

/** All but some of what was asked for, whichever table it is in. */
function inPart(responses: unknown, { RequestItems }: Input, draw: Draw): Input {
  const asked = Object.entries(RequestItems as Readonly<Record<string, BatchedRead>>)
  const keys = asked.flatMap(([, { Keys }]) => Keys)
  const one = pick(keys, draw('what is left out'))
  const left = new Set(keys.filter((key) => key === one || draw('left out, too') < 0.3))
  const isLeft = (item: Item) =>
    [...left].some((key) => Object.entries(key).every(([name, value]) => item[name] === value))
  const found = responses as Readonly<Record<string, readonly Item[]>>
  return {
    Responses: Object.fromEntries(
      asked.map(([table]) => [table, found[table]?.filter((item) => !isLeft(item)) ?? []]),
    ),
    UnprocessedKeys: Object.fromEntries(
      asked
        .map(([table, { Keys, ...rest }]) => ({
          table,
          rest,
          Keys: Keys.filter((key) => left.has(key)),
        }))
        .filter(({ Keys }) => Keys.length > 0)
        .map(({ table, rest, Keys }) => [table, { ...rest, Keys }]),
    ),
  }
}

interface BatchedRead {
  readonly Keys: readonly Item[]
}

/** The order that a call is about: the ledger's keys are orders. */
const orderIn = (input: Input): string | undefined => orderAt(input['Key'] ?? input)

/** The first key in it that is an order's, as it would be written. */
function orderAt(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
  for (const [name, own] of Object.entries(value)) {
    const isKey = name === 'pk' && typeof own === 'string'
    const found = isKey ? (ledgerKey.test(own) ? own : undefined) : orderAt(own)
    if (found !== undefined) return found
  }
  return undefined
}

const ledgerKey = /^[^"#]+_[^"#]+$/

interface Sending {
  readonly QueueUrl: string
  readonly MessageBody: string
  readonly DelaySeconds?: number
  readonly MessageGroupId?: string
}

interface JsonCall {
  readonly service: string
  readonly body: unknown
}

/** `platform/http/aws.ts`, which speaks to the internet and has tests of its own: queues, secrets and objects. */
function withoutClients(environment: Environment, services: Services) {
  const calls: Readonly<Record<string, (body: unknown) => Promise<unknown>>> = {
    // What the services' own APIs take, as the platform writes it.
    sqs: (body) => sendOne(body as Sending, environment, services),
    secretsmanager: (body) =>
      environment.io({
        what: 'read a secret',
        there: 15,
        effect: () => ({ SecretString: services.secrets.get(Object(body).SecretId) }),
      }),
  }
  return {
    callAws: ({ service, body }: JsonCall): Promise<unknown> => {
      const call = calls[service]
      if (!call) throw new Error(`the simulation does not model ${service}`)
      return call(body)
    },
    putObject: () => environment.io({ what: 'put an object', there: 25, effect: () => {} }),
  }
}

const putEvents = (input: Input, environment: Environment, { bus }: Services) =>
  environment.io({
    what: 'put events',
    there: 20,
    effect: () => ({ Entries: bus.put(Object(input).Entries as readonly Entry[]) }),
  })

/** Each of a batch for itself, as SQS takes them. */
async function sendAll(input: Input, environment: Environment, services: Services) {
  const { QueueUrl, Entries } = input as {
    readonly QueueUrl: string
    readonly Entries: readonly Omit<Sending, 'QueueUrl'>[]
  }
  for (const entry of Entries) await sendOne({ QueueUrl, ...entry }, environment, services)
  return {}
}

function sendOne(
  { QueueUrl, MessageBody, DelaySeconds = 0, MessageGroupId }: Sending,
  environment: Environment,
  { queues, faults }: Services,
): Promise<unknown> {
  const queue = queues.get(QueueUrl)
  if (!queue) throw new Error(`no queue is at ${QueueUrl}`)
  if (DelaySeconds > 900) throw new Error(`SQS delays by 900 seconds at most, not ${DelaySeconds}`)
  const order = workNow()?.order ?? environment.order
  const where = `${environment.design.folder}${order ? ` of ${order}` : ''}`
  return environment.io({
    what: 'send a message',
    there: 8,
    effect: () => {
      if (faults.happens('send failed', where, order)) throw new Error('SQS is not there')
      queue.send(MessageBody, { seconds: DelaySeconds, group: MessageGroupId })
      if (faults.happens('sent, and said to have failed', where, order)) {
        throw new Error('SQS did not answer')
      }
      return {}
    },
  })
}

const refused = (): never => {
  throw new Error('the simulation does not speak to AWS')
}

/** `node:crypto` with random values from the seed. */
export function cryptoByLot(draw: Draw) {
  const randomBytes = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => between(draw('random bytes'), 0, 255)))
  const randomUUID = (): string => {
    const hex = randomBytes(16).toString('hex')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
  return { ...crypto, randomBytes, randomUUID }
}

type Done = (error: Error | null, result?: Buffer) => void

/** What Node does on another thread, done here and now: a thread has a time of its own. */
const atOnce = {
  gzip: (text: string, done: Done) => finish(() => zlib.gzipSync(text, { level: 1 }), done),
  gunzip: (zipped: Buffer, options: zlib.ZlibOptions, done: Done) =>
    finish(() => zlib.gunzipSync(zipped, options), done),
}

const zlibAtOnce = { ...zlib, ...atOnce }

function finish(work: () => Buffer, done: Done): void {
  try {
    done(null, work())
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)))
  }
}
