import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { performAll } from '../../domain/effects/perform-all.ts'
import { recordDeadHints } from '../../domain/effects/record-dead-hints.ts'
import { serveApi } from '../../functions/serve-api/serve-api.ts'
import type { ServeApiDeps } from '../../functions/serve-api/serve-api-deps.ts'
import { sweepLedger } from '../../functions/sweep-ledger/sweep-ledger.ts'
import { streamChanges } from '../../platform/dynamodb/stream-changes.ts'
import { streamRecords } from '../../platform/dynamodb/stream-records.ts'
import { perBatch } from '../../platform/sqs/per-batch.ts'
import { perMessage } from '../../platform/sqs/per-message.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { guarded } from '../../platform/wiring/guarded.ts'
import { maxReceives } from '../../schemas/max-receives.ts'
import { crashes } from '../support/crashes.ts'
import { openLane } from '../support/lane.ts'
import { erp, orderId, policy, start } from '../support/orders.ts'

const batch = (...bodies: readonly string[]): SQSEvent =>
  // Only what the adapter reads.
  ({
    Records: bodies.map((body) => ({
      messageId: 'm',
      body,
      attributes: { ApproximateReceiveCount: String(maxReceives) },
    })),
  }) as unknown as SQSEvent

/** Everything that is written while something is done, by whomever, and what is thrown. */
async function heardOf(work: () => Promise<unknown>): Promise<string> {
  const heard: unknown[] = []
  const { stdout, stderr } = process
  const writes = [stdout.write, stderr.write] as const
  const listen = (text: unknown): boolean => heard.push(String(text)) > 0
  stdout.write = listen
  stderr.write = listen
  try {
    heard.push(JSON.stringify(await work()))
  } catch (error) {
    const { stack, cause, message }: { stack?: unknown; cause?: unknown; message?: unknown } =
      Object(error)
    heard.push(JSON.stringify({ stack, cause, message, ...Object(error) }))
  } finally {
    stdout.write = writes[0]
    stderr.write = writes[1]
  }
  return heard.join('\n')
}

const stream = {
  Records: [{ dynamodb: { SequenceNumber: '1', NewImage: {} } }],
} as unknown as DynamoDBStreamEvent
const request = {
  rawPath: `/v1/orders/${orderId}`,
  rawQueryString: '',
  headers: {},
  requestContext: { http: { method: 'GET' }, authorizer: { iam: { userArn: 'arn' } } },
  isBase64Encoded: false,
}

/** Each way in which work is done here, and crashes. */
const ways: Readonly<Record<string, (crash: () => never) => Promise<unknown>>> = {
  'a message': (crash) =>
    perMessage({
      work: async () => crash(),
      onFinalFailure: async (_, reason) => logger.error(reason),
    })(batch('a')),
  'its last words': (crash) =>
    perMessage({ work: async () => crash(), onFinalFailure: async () => crash() })(batch('a')),
  'a batch': (crash) => perBatch(async () => crash())(batch('a', 'b')),
  'a stream of images': (crash) => streamRecords(async () => crash())(stream),
  'a stream of changes': (crash) => streamChanges(async () => crash())(stream),
  'an image that cannot be read': (crash) =>
    streamRecords(async () => 0)({
      Records: [
        {
          get dynamodb() {
            return crash()
          },
        },
      ],
    } as unknown as DynamoDBStreamEvent),
  'any handler': (crash) => guarded(async () => crash())(),
  'a handler before its first wait': (crash) => guarded(() => crash())(),
  'a sweep': (crash) => {
    let calls = 0
    return guarded(sweepLedger)({
      ledger: { load: async () => crash(), commit: async () => crash(), open: async () => crash() },
      policy,
      jitter: async () => {},
      deadlines: { due: async () => (calls++ === 0 ? [orderId] : []) },
      overdue: async () => new Map(),
      escalate: () => {},
      clock: () => new Date(start),
      log: (message, fields) => logger.info(message, fields),
    })
  },
  'a request': (crash) => {
    const deps = {
      orders: { read: async () => crash() },
      trace: () => 'trace',
      log: logger.info,
      complain: logger.error,
    } as unknown as ServeApiDeps
    return guarded((_: Context) => serveApi(request as never, deps))({} as Context)
  },
  'an effect': async (crash) => {
    const lane = await openLane({ safety: { by: 'key' } })
    Object.assign(lane.system.system.effects['create-order'] ?? {}, {
      make: async () => crash(),
    })
    const hint = JSON.stringify({ orderId, intentId: 'create-order', connection: erp })
    const settled = await perMessage({
      work: (body) => performAll(body, lane.deps),
      onFinalFailure: (body, reason) => recordDeadHints(body, reason, lane.deps),
    })(batch(hint))
    const state = await lane.state()
    expect(Object.keys(state.exceptions)).toEqual(['dead-letter:create-order'])
    return [settled, state, lane.ledger.commits]
  },
}

describe.each(Object.entries(ways))('a crash of %s', (_, way) => {
  test.each(Object.entries(crashes))(
    'by %s is written down without what it was about',
    async (_by, thrown) => {
      const heard = await heardOf(() =>
        way(() => {
          throw thrown
        }),
      )
      expect(heard).not.toMatch(/zqxj|luc/i)
      expect(heard).not.toBe('')
    },
  )
})

test('every handler is one that crashes so', () => {
  const functions = join(import.meta.dirname, '../../functions')
  const handlers = readdirSync(functions).map((name) => join(functions, name, 'handler.ts'))
  expect(handlers.filter((file) => !existsSync(file))).toEqual([])
  const others = handlers.filter(
    (file) =>
      !/export const handler = (?:guarded|per[A-Z]\w+|stream[A-Z]\w+)\(/.test(
        readFileSync(file, 'utf8'),
      ),
  )
  expect(others).toEqual([])
})
