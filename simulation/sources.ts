import { marshall } from '@aws-sdk/util-dynamodb'
import { matches } from '../local/cloud/event-pattern.ts'
import { failedItems, type SqsSource } from '../local/cloud/sqs-source.ts'
import type { StreamSource } from '../local/cloud/stream-source.ts'
import { hashed } from './draw.ts'
import type { Weather } from './environment.ts'
import type { Item } from './expressions.ts'
import type { Invoked, Lambdas } from './lambdas.ts'
import type { Queue, Received } from './queues.ts'
import type { Change } from './tables.ts'

interface Given extends Weather {
  readonly lambdas: Lambdas
}

/** Invokes a function with what a queue has, so many at one time as the mapping allows. */
export function followQueue(source: SqsSource, queue: Queue, { lambdas, draw, time }: Given): void {
  let running = 0
  const pump = (): void => {
    while (running < source.concurrency) {
      const batch = queue.take(source.batchSize)
      if (batch.length === 0) return
      running += 1
      lambdas.invoke(source.functionName, eventOf(batch, source), (invoked) => {
        running -= 1
        settle(batch, invoked)
        time.after(0, pump)
      })
    }
  }
  const settle = (batch: readonly Received[], invoked: Invoked): void => {
    const failed = failedOf(batch, invoked)
    for (const received of batch) {
      if (!failed.has(received.message.id)) queue.remove(received)
      // After an error Lambda gives messages back or leaves them to their visibility timeout.
      else if (draw(`back to ${queue.name}`) < 0.5) queue.release(received)
    }
  }
  let gathering = false
  queue.arrived = () => {
    if (source.batchingWindow === 0 || queue.waiting >= source.batchSize) pump()
    else if (!gathering) {
      gathering = true
      time.after(source.batchingWindow * 1000, () => {
        gathering = false
        pump()
      })
    }
  }
}

function failedOf(batch: readonly Received[], invoked: Invoked): ReadonlySet<string> {
  const all = new Set(batch.map(({ message }) => message.id))
  if (!invoked.ok) return all
  return failedItems(JSON.stringify(invoked.answer ?? null), all) ?? all
}

const eventOf = (batch: readonly Received[], source: SqsSource) => ({
  Records: batch.map(({ message, receipt }) => ({
    messageId: message.id,
    receiptHandle: String(receipt),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      ...(message.group !== undefined && { MessageGroupId: message.group }),
    },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: source.queueArn,
    awsRegion: source.region,
  })),
})

interface Shard {
  readonly records: StreamRecord[]
  busy: boolean
  tries: number
  /** Records to give at most, halved while a batch fails. */
  most: number
}

type StreamRecord = ReturnType<typeof recordOf>

const shards = 4

/** Invokes a function with a table's changes: of one key in their order, some again, none left out before they are too old. */
export function followTable(
  source: StreamSource,
  given: Given & { readonly giveUp: Queue | undefined },
) {
  const { time, draw, faults, lambdas } = given
  const all = Array.from(
    { length: shards },
    (): Shard => ({ records: [], busy: false, tries: 0, most: source.batchSize }),
  )
  const later = (shard: Shard, ms: number): void => {
    if (shard.busy || shard.records.length === 0) return
    shard.busy = true
    time.after(ms, () => read(shard))
  }
  const read = (shard: Shard): void => {
    const batch = shard.records.slice(0, shard.most)
    lambdas.invoke(source.functionName, { Records: batch }, (invoked) => {
      shard.busy = false
      const done = doneOf(batch, invoked)
      const isReplayed = done > 0 && faults.happens('stream replayed', source.tableName)
      if (!isReplayed) shard.records.splice(0, done)
      if (done === batch.length) Object.assign(shard, { tries: 0, most: source.batchSize })
      else if (done === 0) retry(shard)
      later(shard, 10 + 100 * draw('stream'))
    })
  }
  const retry = (shard: Shard): void => {
    shard.tries += 1
    if (source.bisects && shard.most > 1) shard.most = Math.ceil(shard.most / 2)
    else if (source.maxRetries >= 0 && shard.tries > source.maxRetries) {
      given.giveUp?.send(JSON.stringify(shard.records.splice(0, shard.most)))
      shard.tries = 0
    }
  }
  return {
    tell: (change: Change): void => {
      const record = recordOf(change, time.now())
      if (!source.filters.some((filter) => matches(filter, record))) return
      const shard =
        all[Math.floor(hashed(JSON.stringify(Object.values(change.key)[0]), 0) * shards)]
      shard?.records.push(record)
      if (shard) later(shard, 20 + 150 * draw('stream'))
    },
    get depth(): number {
      return all.reduce((sum, { records }) => sum + records.length, 0)
    },
  }
}

/** How many of a batch, from its beginning, are done with. */
function doneOf(batch: readonly StreamRecord[], invoked: Invoked): number {
  if (!invoked.ok) return 0
  const all = new Set(batch.map(({ dynamodb }) => dynamodb.SequenceNumber))
  const failed = failedItems(JSON.stringify(invoked.answer ?? null), all)
  if (!failed) return 0
  const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber))
  return first < 0 ? batch.length : first
}

const recordOf = ({ kind, sequence, key, image, old }: Change, at: number) => ({
  eventID: String(sequence),
  eventName: kind,
  dynamodb: {
    SequenceNumber: String(sequence),
    ApproximateCreationDateTime: Math.floor(at / 1000),
    Keys: marshall(key),
    ...(old !== undefined && { OldImage: imageOf(old) }),
    ...(image !== undefined && { NewImage: imageOf(image) }),
  },
})

/** An event is JSON, in which bytes are base64. */
const imageOf = (item: Item): unknown =>
  Object.fromEntries(
    Object.entries(marshall(item)).map(([name, value]) => [
      name,
      value.B ? { B: Buffer.from(value.B).toString('base64') } : value,
    ]),
  )
