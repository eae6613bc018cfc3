import { z } from 'zod'
import { err, ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { TimelineEntry } from '../../../schemas/api/timeline.ts'
import type { Instant } from '../../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../../schemas/events/order-event.ts'
import { type CommitRecord, commitName } from '../../../schemas/stored/commit-record.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import type { Handle } from '../route.ts'
import { noSuchOrder } from './read-order.ts'

/** The last commit of the previous page, and how many events of the next commit it already had. */
const Cursor = z.strictObject({
  after: z.int().nonnegative(),
  skip: z.int().nonnegative().max(1000).optional(),
})

/** An order's events. */
export const readTimeline: Handle<typeof endpoints.readTimeline> = async (asked, { orders }) => {
  const { id } = asked.params
  const { limit } = asked.query
  const place = readCursor(Cursor, asked.query.cursor)
  if (!place.ok) return place

  const { after, skip = 0 } = place.value ?? {}
  const page = { limit: limit + skip, ...(after !== undefined && { after }) }
  const { records, more } = await orders.commits(id, page)
  // Commits are never deleted, so an order without any does not exist, unless the cursor is past the last.
  if (records.length === 0 && !place.value && !(await orders.read(id))) return err(noSuchOrder(id))
  const all = records.flatMap(entriesOf)
  const entries = all.slice(skip, skip + limit)
  const last = entries.at(-1)
  const isMore = more || all.length > skip + limit
  return ok({
    orderId: id,
    entries: entries.map(({ entry }) => entry),
    ...(isMore && last && { next: writeCursor(last.next) }),
  })
}

interface Placed {
  readonly entry: TimelineEntry
  /** Where the next page begins. */
  readonly next: z.infer<typeof Cursor>
}

const entriesOf = ({ rev, at, events }: CommitRecord): Placed[] =>
  events.map((event, index) => ({
    entry: {
      happenedAt: happenedAt(event) ?? at,
      learnedAt: at,
      commit: commitName(rev),
      event,
    },
    next: index + 1 < events.length ? { after: rev - 1, skip: index + 1 } : { after: rev },
  }))

/** The time according to the event's source; our own decisions happen when they are made. */
function happenedAt(event: OrderEvent): Instant | undefined {
  switch (event.type) {
    case 'order.captured':
    case 'order.amended':
      return event.version
    case 'order.cancel-requested':
      return event.requestedAt
    case 'shipment.confirmed':
      return event.shipment.shippedAt
    case 'shipment.corrected':
      return event.shipment.revisedAt ?? event.shipment.shippedAt
    case 'release.backordered':
      return event.since
    case 'stage.missed':
      return event.dueAt
    default:
      return undefined
  }
}
