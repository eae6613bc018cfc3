import type { MessageAttributeValue } from './fauxqs-stores.ts'
import type { Happening, Observe } from './happening.ts'
import type { Invoked, LambdaPool } from './lambda-pool.ts'
import type { LiveQueue, Received } from './live-queue.ts'
import type { Queues } from './queues.ts'
import type { TimeScale } from './time-scale.ts'

/** A queue that invokes a function. */
export interface SqsSource {
  readonly queueArn: string
  readonly functionName: string
  readonly region: string
  readonly batchSize: number
  /** Seconds of the cloud. */
  readonly batchingWindow: number
  readonly reportsFailures: boolean
  /** Invocations at one time. */
  readonly concurrency: number
}

interface Given {
  readonly queues: Queues
  readonly pool: LambdaPool
  readonly time: TimeScale
  readonly observe: Observe
  readonly signal: AbortSignal
}

/** An idle poller looks again after this many milliseconds, even when nothing woke it. */
const longest = 60_000

/** Polls the queue until the signal: what a handler leaves comes back after its visibility timeout. */
export function pollQueue(source: SqsSource, given: Given): void {
  for (let poller = 0; poller < source.concurrency; poller += 1) void poll(source, given)
}

async function poll(source: SqsSource, given: Given): Promise<void> {
  const { queues, signal } = given
  while (!signal.aborted) {
    try {
      const queue = queues.find(source.queueArn)
      const batch = await gather(source, queue, given)
      if (batch.length > 0) await deliver(source, { queue, batch }, given)
      else await queue.arrival(signal, longest)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      given.observe({ kind: 'trouble', where: source.queueArn, message })
      await given.time.wait(1_000, signal)
    }
  }
}

/** Up to a batch of messages: SQS gives ten at a time, and the window waits for more after the first. */
async function gather(
  { batchSize, batchingWindow }: SqsSource,
  queue: LiveQueue,
  { time, observe, signal }: Given,
): Promise<readonly Received[]> {
  const take = () => {
    const some = queue.take(Math.min(10, batchSize - batch.length))
    if (some.length > 0) observe(requests(1))
    return some
  }
  const batch: Received[] = []
  batch.push(...take())
  if (batch.length === 0) return batch
  const end = Date.now() + time.ms(batchingWindow * 1_000)
  while (batch.length < batchSize) {
    const more = take()
    batch.push(...more)
    if (more.length > 0) continue
    const left = end - Date.now()
    if (left <= 0 || signal.aborted) break
    await queue.arrival(signal, left)
  }
  return batch
}

async function deliver(
  source: SqsSource,
  { queue, batch }: { readonly queue: LiveQueue; readonly batch: readonly Received[] },
  given: Given,
): Promise<void> {
  const Records = batch.map((received) => recordOf(received, source))
  const invoked = await given.pool.invoke(source.functionName, JSON.stringify({ Records }))
  const failed = failedOf(source, batch, invoked)
  const handles = (wanted: boolean) =>
    batch
      .filter(({ message }) => failed.has(message.messageId) === wanted)
      .map(({ receiptHandle }) => receiptHandle)
  const done = handles(false)
  queue.remove(done)
  // Lambda deletes ten messages with one request.
  given.observe(requests(Math.ceil(done.length / 10)))
  if (failed.size > 0) queue.release(handles(true))
}

const requests = (units: number): Happening => ({
  kind: 'billed',
  charge: 'queue-requests',
  units,
})

function failedOf(
  { reportsFailures }: SqsSource,
  batch: readonly Received[],
  invoked: Invoked,
): ReadonlySet<string> {
  const all = new Set(batch.map(({ message }) => message.messageId))
  if (!invoked.ok) return all
  return reportsFailures ? (failedItems(invoked.payload, all) ?? all) : new Set()
}

/**
 * The items a handler names as failed; undefined when the whole batch failed, because an identifier
 * is missing or unknown. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedItems(
  payload: string,
  known: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  const { batchItemFailures } = Object(JSON.parse(payload || 'null'))
  if (batchItemFailures === undefined || batchItemFailures === null) return new Set()
  if (!Array.isArray(batchItemFailures)) return undefined
  const failed = batchItemFailures.map((item: unknown) => Object(item).itemIdentifier)
  return failed.every((id) => known.has(id)) ? new Set(failed) : undefined
}

function recordOf({ receiptHandle, message }: Received, source: SqsSource): unknown {
  const attributes = {
    ApproximateReceiveCount: String(message.approximateReceiveCount),
    SentTimestamp: String(message.sentTimestamp),
    SenderId: 'AIDALOCALSENDER',
    ApproximateFirstReceiveTimestamp: String(
      message.approximateFirstReceiveTimestamp ?? Date.now(),
    ),
    SequenceNumber: message.sequenceNumber,
    MessageGroupId: message.messageGroupId,
    MessageDeduplicationId: message.messageDeduplicationId,
    AWSTraceHeader: message.messageAttributes['AWSTraceHeader']?.StringValue,
  }
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, value]) => [name, attributeOf(value)]),
    ),
    ...(message.md5OfMessageAttributes
      ? { md5OfMessageAttributes: message.md5OfMessageAttributes }
      : {}),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: source.queueArn,
    awsRegion: source.region,
  }
}

function attributeOf(value: MessageAttributeValue): unknown {
  return {
    stringValue: value.StringValue,
    binaryValue: value.BinaryValue,
    stringListValues: [],
    binaryListValues: [],
    dataType: value.DataType,
  }
}
