import * as crypto from 'node:crypto'
import * as zlib from 'node:zlib'
import type { Bus, Entry } from './bus.ts'
import { between, type Draw } from './draw.ts'
import { commands } from './dynamo.ts'
import type { Environment } from './environment.ts'
import type { Faults } from './faults.ts'
import type { Queue } from './queues.ts'
import { type Table, TableError } from './tables.ts'

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
  readonly draw: Draw
  readonly faults: Faults
}

type Send = (command: { readonly input: Input }) => Promise<unknown>
type Input = Readonly<Record<string, unknown>>

/** What the packages of AWS, and those parts of Node that would wait or draw lots, are for a function that runs here. */
export function packagesFor(environment: Environment, services: Services) {
  const client = (send: Send) =>
    class {
      readonly send = send
    }
  return {
    '@aws-sdk/client-dynamodb': {
      DynamoDBClient: class {},
      TransactionCanceledException: TableError,
    },
    '@aws-sdk/lib-dynamodb': {
      ...commandsNamed(Object.keys(commands)),
      DynamoDBDocumentClient: { from: () => ({ send: tableCalls(environment, services) }) },
    },
    '@aws-sdk/client-sqs': {
      ...commandsNamed(['SendMessageCommand', 'SendMessageBatchCommand']),
      SQSClient: client(queueCalls(environment, services)),
    },
    '@aws-sdk/client-eventbridge': {
      ...commandsNamed(['PutEventsCommand']),
      EventBridgeClient: client(busCalls(environment, services)),
    },
    aws4fetch: { AwsClient: signedCalls(environment, services) },
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
    'node:crypto': { ...crypto, ...byLot(services.draw) },
    'node:zlib': { ...zlib, ...atOnce },
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

const writes: ReadonlySet<string> = new Set(['PutCommand', 'UpdateCommand', 'DeleteCommand'])

function tableCalls(environment: Environment, { tables, faults }: Services): Send {
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
        if (command === 'TransactWriteCommand') {
          const conflicts = faults.happens('transaction conflict', where, order)
          if (conflicts)
            throw new TableError('TransactionCanceledException', ['TransactionConflict'])
        }
        const { Responses, ...answered } = answer(input, tables)
        if (Responses && faults.happens('read in part', where, order)) {
          return { Responses: {}, UnprocessedKeys: input['RequestItems'] }
        }
        // A transaction carries a token, so that the SDK's second try is the first; a single write does not.
        const lost = writes.has(command) && input['ConditionExpression'] !== undefined
        if (lost && faults.happens('table answer lost', where, order)) {
          throw new TableError('ConditionalCheckFailedException')
        }
        return Responses ? { Responses, ...answered } : answered
      },
    })
  }
}

/** The order that a call is about: the ledger's keys are orders. */
function orderIn(input: Input): string | undefined {
  const [, order] = /"pk":"([^"#]+_[^"#]+)"/.exec(JSON.stringify(input['Key'] ?? input)) ?? []
  return order
}

interface Sending {
  readonly QueueUrl: string
  readonly MessageBody: string
  readonly DelaySeconds?: number
  readonly MessageGroupId?: string
}

function queueCalls(environment: Environment, services: Services): Send {
  return ({ input }) => {
    // What the SDK's command takes.
    const { QueueUrl, Entries } = input as unknown as Sending & { readonly Entries?: Sending[] }
    if (!Entries) return sendOne(input as unknown as Sending, environment, services)
    const all = Entries.map((entry) => sendOne({ ...entry, QueueUrl }, environment, services))
    return Promise.all(all).then(() => ({ Successful: Entries, Failed: [] }))
  }
}

function sendOne(
  { QueueUrl, MessageBody, DelaySeconds = 0, MessageGroupId }: Sending,
  environment: Environment,
  { queues, faults }: Services,
): Promise<unknown> {
  const queue = queues.get(QueueUrl)
  if (!queue) throw new Error(`no queue is at ${QueueUrl}`)
  if (DelaySeconds > 900) throw new Error(`SQS delays by 900 seconds at most, not ${DelaySeconds}`)
  const { order } = environment
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

function busCalls(environment: Environment, { bus }: Services): Send {
  return ({ input }) =>
    environment.io({
      what: 'put events',
      there: 20,
      effect: () => ({ Entries: bus.put(input['Entries'] as readonly Entry[]) }),
    })
}

/** Calls without an SDK: secrets, objects and messages. */
function signedCalls(environment: Environment, services: Services) {
  return class {
    readonly #service: string
    constructor({ service }: { readonly service: string }) {
      this.#service = service
    }
    async fetch(_: string, init: { readonly body?: unknown } = {}) {
      const body = typeof init.body === 'string' ? JSON.parse(init.body) : {}
      switch (this.#service) {
        case 'secretsmanager': {
          const SecretString = services.secrets.get(body.SecretId)
          return environment.io({
            what: 'read a secret',
            there: 15,
            effect: () => answerOf({ SecretString }),
          })
        }
        case 'sqs':
          await sendOne(body, environment, services)
          return answerOf({})
        case 's3':
          return environment.io({ what: 'put an object', there: 25, effect: () => answerOf({}) })
        default:
          throw new Error(`the simulation does not model ${this.#service}`)
      }
    }
  }
}

const answerOf = (json: unknown) => ({
  ok: true,
  status: 200,
  text: async () => JSON.stringify(json),
  arrayBuffer: async () => new ArrayBuffer(0),
})

/** Random values from the seed. */
export function byLot(draw: Draw) {
  const randomBytes = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => between(draw('random bytes'), 0, 255)))
  const randomUUID = (): string => {
    const hex = randomBytes(16).toString('hex')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
  return { randomBytes, randomUUID }
}

type Done = (error: Error | null, result?: Buffer) => void

/** What Node does on another thread, done here and now: a thread has a time of its own. */
const atOnce = {
  gzip: (text: string, done: Done) => finish(() => zlib.gzipSync(text, { level: 1 }), done),
  gunzip: (zipped: Buffer, options: zlib.ZlibOptions, done: Done) =>
    finish(() => zlib.gunzipSync(zipped, options), done),
}

function finish(work: () => Buffer, done: Done): void {
  try {
    done(null, work())
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)))
  }
}
