import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { isPublished } from '../../schemas/events/published-event.ts'
import type { Called } from '../../schemas/stored/called.ts'
import { type CommitRecord, commitName } from '../../schemas/stored/commit-record.ts'
import { calledIn } from './called.ts'

export interface Published {
  /** The event's type. */
  readonly type: OrderEvent['type']
  /** The event with the order it is about; no personal data. */
  readonly detail: Readonly<Record<string, unknown>>
}

export interface PublishEventsDeps {
  /** Writes what orders are called from now on, so that people find them by it. */
  name(called: readonly Called[]): Promise<void>
  /** Puts events on the bus, at most ten at a time; false for each that was not taken, in the same order. */
  put(events: readonly Published[]): Promise<readonly boolean[]>
  /** Counts what people watch. */
  measure(event: OrderEvent, record: CommitRecord): void
}

/** Publishes what happened to orders, each order's steps in order; returns how many of them are wholly on the bus. */
export async function publishEvents(
  records: readonly CommitRecord[],
  { name, put, measure }: PublishEventsDeps,
): Promise<number> {
  await name(records.flatMap(calledIn))
  const all = records.flatMap((record, index) =>
    record.events.map((event) => ({ index, record, event, published: publishedOf(record, event) })),
  )
  const published = all.filter(({ event }) => isPublished(event))
  const done = (await firstRefused(published, put)) ?? records.length
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
  const { orderId, rev, at, connection, traceparent } = record
  return {
    type: event.type,
    detail: { orderId, commit: commitName(rev), channel: connection, at, traceparent, ...event },
  }
}
