import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { isPublished } from '../../schemas/events/published-event.ts'
import { CommitRecord } from '../../schemas/stored/commit-record.ts'

export interface Published {
  /** The event's type. */
  readonly type: OrderEvent['type']
  /** The event with the order it is about; no personal data. */
  readonly detail: Readonly<Record<string, unknown>>
}

export interface PublishEventsDeps {
  /** Puts events on the bus, at most ten at a time; false for each that was not taken, in the same order. */
  put(events: readonly Published[]): Promise<readonly boolean[]>
  /** Counts what people watch. */
  measure(event: OrderEvent, record: CommitRecord): void
}

/** Publishes the commits of the ledger in order; returns how many of them are wholly on the bus. */
export async function publishEvents(
  images: readonly unknown[],
  { put, measure }: PublishEventsDeps,
): Promise<number> {
  const records = images.map((image) => CommitRecord.parse(image))
  const all = records.flatMap((record, index) =>
    record.events.map((event) => ({ index, record, event, published: publishedOf(record, event) })),
  )
  const published = all.filter(({ event }) => isPublished(event))
  const done = (await firstRefused(published, put)) ?? images.length
  // Counted only once its whole commit is out, because the rest comes again from its beginning.
  for (const { event, record, index } of all) if (index < done) measure(event, record)
  return done
}

interface Numbered {
  /** Which of the commits it is of. */
  readonly index: number
  readonly published: Published
}

/** The commit of the first event that the bus did not take. */
async function firstRefused(
  all: readonly Numbered[],
  put: PublishEventsDeps['put'],
): Promise<number | undefined> {
  for (let from = 0; from < all.length; from += 10) {
    const some = all.slice(from, from + 10)
    const taken = await put(some.map(({ published }) => published))
    const refused = some.find((_, i) => !taken[i])
    if (refused) return refused.index
  }
  return undefined
}

function publishedOf(record: CommitRecord, event: OrderEvent): Published {
  const { pk, sk, at, connection, traceparent } = record
  return {
    type: event.type,
    detail: { orderId: pk, commit: sk, channel: connection, at, traceparent, ...event },
  }
}
