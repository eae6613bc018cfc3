import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { isPublished } from '../../schemas/events/published-event.ts'
import type { Requests } from '../../schemas/messages/requests.ts'
import type { Called } from '../../schemas/stored/called.ts'
import { type CommitRecord, commitName } from '../../schemas/stored/commit-record.ts'
import { calledIn } from './called.ts'

export interface Published {
  readonly type: OrderEvent['type']
  /** The event with its order; no personal data. */
  readonly detail: Readonly<Record<string, unknown>>
}

export interface PublishEventsDeps {
  /** Stores new references of orders. */
  name(called: readonly Called[]): Promise<void>
  /** Puts at most ten events on the bus; returns false for each rejected one, in the same order. */
  put(events: readonly Published[]): Promise<readonly boolean[]>
  /** Emits metrics. */
  measure(event: OrderEvent, record: CommitRecord): Promise<void>
}

/** Publishes commits, each order's in sequence; returns the number of fully published commits. */
export async function publishEvents(
  records: readonly CommitRecord[],
  { name, put, measure }: PublishEventsDeps,
): Promise<number> {
  await name(records.flatMap(calledIn))
  const published = records.flatMap((record, index) =>
    publishedOf(record).map((one) => ({ index, published: one })),
  )
  const done = (await firstRefused(published, put)) ?? records.length
  // Counted only when the whole commit is published, because a retry starts from its beginning.
  for (const record of records.slice(0, done)) {
    for (const event of record.events) await measure(event, record)
  }
  return done
}

interface Numbered {
  /** Index of its commit. */
  readonly index: number
  readonly published: Published
}

/** The commit of the first event that the bus rejected. */
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

/** Effects are published with the event that caused them; only effects without one get their own event. */
function publishedOf(record: CommitRecord): readonly Published[] {
  const { orderId, rev, at, connection: channel, traceparent, events } = record
  const asked = events.filter(isRequest)
  const told = events.filter((event) => isPublished(event) && !isRequest(event))
  const about = { orderId, commit: commitName(rev), channel, at, traceparent }
  return [...told, ...(told.length === 0 ? asked.slice(0, 1) : [])].map((event, i) => ({
    type: event.type,
    detail: {
      ...about,
      ...event,
      ...(i === 0 && asked.length > 0 && { requests: requestsOf(asked) }),
    },
  }))
}

type Request = Extract<OrderEvent, { readonly type: 'effect.requested' }>

const isRequest = (event: OrderEvent): event is Request => event.type === 'effect.requested'

function requestsOf(asked: readonly Request[]): Requests {
  const byConnection = Map.groupBy(asked, ({ connection }) => connection)
  const named = [...byConnection].map(([connection, some]) => [
    connection,
    some.map(({ intentId }) => intentId),
  ])
  return Object.fromEntries(named)
}
