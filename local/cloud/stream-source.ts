import { type Bell, makeBell } from './bell.ts'
import { matches } from './event-pattern.ts'
import type { Faults } from './faults.ts'
import type { Observe } from './happening.ts'
import type { Invoked, LambdaPool } from './lambda-pool.ts'
import type { Positions } from './positions.ts'
import type { Queues } from './queues.ts'
import { failedItems } from './sqs-source.ts'
import type { Tables } from './tables.ts'
import { pause, type TimeScale } from './time-scale.ts'

/** A table's stream that invokes a function. */
export interface StreamSource {
  readonly mappingArn: string
  readonly streamArn: string
  readonly tableName: string
  readonly functionName: string
  readonly functionArn: string
  readonly region: string
  readonly batchSize: number
  /** Seconds of the cloud. */
  readonly batchingWindow: number
  readonly reportsFailures: boolean
  readonly bisects: boolean
  /** -1 retries until the record is too old. */
  readonly maxRetries: number
  /** Seconds of the cloud; -1 is without end. */
  readonly maxAge: number
  readonly parallel: number
  readonly startsAt: 'TRIM_HORIZON' | 'LATEST'
  /** A record is taken when one of them matches; all are when there is none. */
  readonly filters: readonly Readonly<Record<string, unknown>>[]
  /** ARN of the queue that learns what was given up. */
  readonly onFailure: string | undefined
}

interface Given {
  readonly tables: Tables
  readonly queues: Queues
  readonly pool: LambdaPool
  readonly positions: Positions
  readonly time: TimeScale
  readonly observe: Observe
  readonly faults: Faults
  readonly signal: AbortSignal
}

export interface StreamReader {
  /** True while a write may not have been read, or records are being processed. */
  busy(): boolean
}

/** One change of an item, as DynamoDB's streams API gives it. */
interface StreamRecord {
  readonly eventID: string
  readonly dynamodb: {
    readonly SequenceNumber: string
    readonly ApproximateCreationDateTime: number
    readonly Keys: unknown
  }
}

/** A poll every so often finds what was written past the gateway. */
const idleMs = 50
/** Less than anybody notices, enough for several transactions of a busy table; Lambda looks four times a second. */
const gatherMs = 40

/** Follows the stream until the signal, in order, from where it was left. */
export function followStream(source: StreamSource, given: Given): StreamReader {
  const state: Progress = { written: 1, seen: 0, bell: makeBell() }
  given.tables.onWrite(source.tableName, () => {
    state.written += 1
    state.bell.ring()
  })
  void follow(source, given, state)
  return { busy: () => state.seen !== state.written }
}

interface Progress {
  /** Writes so far, and how many there were before the last read that found nothing more. */
  written: number
  seen: number
  readonly bell: Bell
}

async function follow(source: StreamSource, given: Given, state: Progress): Promise<void> {
  const { signal } = given
  let iterator: string | undefined
  while (!signal.aborted) {
    try {
      const { written } = state
      iterator ??= await openIterator(source, given)
      const { records, next } = await read(given.tables, iterator, source)
      await processAll(source, records, given)
      iterator = advances(source, records, given) ? next : undefined
      if (records.length > 0) {
        // Records that come in a row are read together.
        await pause(gatherMs, signal)
        continue
      }
      state.seen = written
      if (written === state.written) {
        await state.bell.wait(idleMs, signal)
      }
    } catch (error) {
      if (signal.aborted) return
      iterator = undefined
      const message = error instanceof Error ? error.message : String(error)
      given.observe({ kind: 'trouble', where: source.streamArn, message })
      await given.time.wait(1_000, signal)
    }
  }
}

const api = 'DynamoDBStreams_20120810'

async function openIterator(source: StreamSource, given: Given): Promise<string> {
  const { tables, positions } = given
  const StreamArn = await tables.streamOf(source.tableName)
  const { StreamDescription } = await tables.call(`${api}.DescribeStream`, { StreamArn })
  const shards: readonly { readonly ShardId: string }[] = Object(StreamDescription).Shards
  const ShardId = shards.at(-1)?.ShardId
  const position = positions.get(source.mappingArn)
  const { ShardIterator } = await tables.call(`${api}.GetShardIterator`, {
    StreamArn,
    ShardId,
    ...(position === undefined
      ? { ShardIteratorType: source.startsAt }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position }),
  })
  return String(ShardIterator)
}

async function read(
  tables: Tables,
  ShardIterator: string,
  { batchSize, parallel }: StreamSource,
): Promise<{ readonly records: readonly StreamRecord[]; readonly next: string | undefined }> {
  const Limit = Math.min(1_000, batchSize * parallel)
  const answer = await tables.call(`${api}.GetRecords`, { ShardIterator, Limit })
  const next = answer['NextShardIterator']
  return {
    records: answer['Records'] as readonly StreamRecord[],
    next: next === undefined || next === null ? undefined : String(next),
  }
}

/** Invokes the function with everything read; one item's changes stay in order, whatever the parallelism. */
async function processAll(
  source: StreamSource,
  records: readonly StreamRecord[],
  given: Given,
): Promise<void> {
  const wanted = records.filter(
    (record) => source.filters.length === 0 || source.filters.some((one) => matches(one, record)),
  )
  if (source.batchingWindow > 0 && wanted.length > 0 && wanted.length < source.batchSize) {
    await given.time.wait(source.batchingWindow * 1_000, given.signal)
  }
  const lanes = Array.from({ length: source.parallel }, (): StreamRecord[] => [])
  for (const record of wanted) lanes[laneOf(record, source.parallel)]?.push(record)
  await Promise.all(
    lanes.map(async (lane) => {
      for (let from = 0; from < lane.length; from += source.batchSize) {
        await settle(source, lane.slice(from, from + source.batchSize), given)
      }
    }),
  )
}

/** Writes down how far the stream was read. False when it goes back to where it was before. */
function advances(
  { functionName, mappingArn }: StreamSource,
  records: readonly StreamRecord[],
  { faults, positions, signal }: Given,
): boolean {
  const last = records.at(-1)
  if (!last || signal.aborted) return true
  const before = positions.get(mappingArn)
  if (before !== undefined && faults.strikes('stream replayed', functionName)) return false
  positions.set(mappingArn, last.dynamodb.SequenceNumber)
  return true
}

function laneOf(record: StreamRecord, lanes: number): number {
  if (lanes === 1) return 0
  const key = JSON.stringify(record.dynamodb.Keys)
  return [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7) % lanes
}

/** Tries one batch until it is done or given up: bisected, retried with a growing pause, or sent to its destination. */
async function settle(
  source: StreamSource,
  batch: readonly StreamRecord[],
  given: Given,
): Promise<void> {
  let left = batch
  for (let attempt = 0; left.length > 0 && !given.signal.aborted; attempt += 1) {
    const invoked = await given.pool.invoke(source.functionName, eventOf(left, source))
    if (given.signal.aborted) return
    const rest = invoked.ok ? remaining(source, left, invoked.payload) : left
    if (rest.length === 0) return
    if (rest.length < left.length) attempt = 0
    left = rest
    if (isOver(source, left, attempt, given.time)) return giveUp(source, left, invoked, given)
    if (source.bisects && left.length > 1) {
      const middle = Math.ceil(left.length / 2)
      await settle(source, left.slice(0, middle), given)
      return settle(source, left.slice(middle), given)
    }
    await given.time.wait(Math.min(250 * 2 ** attempt, 60_000), given.signal)
  }
}

/** With partial failures: everything from the first failed record on. */
function remaining(
  source: StreamSource,
  batch: readonly StreamRecord[],
  payload: string,
): readonly StreamRecord[] {
  if (!source.reportsFailures) return []
  const failed = failedItems(payload, new Set(batch.map(({ dynamodb }) => dynamodb.SequenceNumber)))
  if (!failed) return batch
  const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber))
  return first < 0 ? [] : batch.slice(first)
}

function isOver(
  source: StreamSource,
  batch: readonly StreamRecord[],
  attempt: number,
  time: TimeScale,
): boolean {
  const age = Date.now() - (batch[0]?.dynamodb.ApproximateCreationDateTime ?? 0) * 1_000
  const tooOld = source.maxAge >= 0 && age > time.ms(source.maxAge * 1_000)
  return tooOld || (source.maxRetries >= 0 && attempt >= source.maxRetries)
}

/** Tells the destination where the records are; as in AWS the records themselves are not in the message. */
function giveUp(
  source: StreamSource,
  batch: readonly StreamRecord[],
  invoked: Invoked,
  given: Given,
): void {
  const [first, last] = [batch[0], batch.at(-1)]
  if (!first || !last) return
  if (source.onFailure === undefined) {
    const message = `${batch.length} records were discarded: there is no failure destination`
    given.observe({ kind: 'trouble', where: source.streamArn, message })
    return
  }
  const at = (record: StreamRecord) =>
    new Date(record.dynamodb.ApproximateCreationDateTime * 1_000).toISOString()
  const messageId = given.queues.send(source.onFailure, {
    body: JSON.stringify({
      requestContext: {
        requestId: invoked.requestId,
        functionArn: source.functionArn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: source.maxRetries + 1,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: invoked.ok ? null : 'Unhandled',
      },
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId: 'shardId-00000001',
        startSequenceNumber: first.dynamodb.SequenceNumber,
        endSequenceNumber: last.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: at(first),
        approximateArrivalOfLastRecord: at(last),
        batchSize: batch.length,
        streamArn: source.streamArn,
      },
    }),
  })
  given.observe({
    kind: 'dead-letter',
    from: source.streamArn,
    to: source.onFailure,
    messageId,
    reason: invoked.ok ? 'the function reported failures' : invoked.error.errorMessage,
  })
}

function eventOf(batch: readonly StreamRecord[], { streamArn, region }: StreamSource): string {
  const Records = batch.map((record) => ({
    ...record,
    awsRegion: region,
    eventSourceARN: streamArn,
  }))
  return JSON.stringify({ Records })
}
