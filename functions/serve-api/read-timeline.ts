import { z } from 'zod'
import { err, ok } from '../../domain/result.ts'
import type { endpoints } from '../../schemas/api/endpoints.ts'
import type { TimelineEntry } from '../../schemas/api/timeline.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { type CommitRecord, commitName } from '../../schemas/stored/commit-record.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { noSuchOrder } from './read-order.ts'
import type { Handle } from './route.ts'

const Cursor = z.strictObject({ after: z.int().nonnegative() })

/** What happened to an order, commit by commit. */
export const readTimeline: Handle<typeof endpoints.readTimeline> = async (asked, { orders }) => {
  const { id } = asked.params
  const { limit } = asked.query
  const place = readCursor(Cursor, asked.query.cursor)
  if (!place.ok) return place

  const { records, more } = await orders.commits(id, { limit, ...place.value })
  // Commits are never deleted, so an order without any is none, unless the cursor went past the last.
  if (records.length === 0 && !place.value && !(await orders.read(id))) return err(noSuchOrder(id))
  const last = records.at(-1)
  return ok({
    orderId: id,
    entries: records.flatMap(entriesOf),
    ...(more && last && { next: writeCursor({ after: last.rev }) }),
  })
}

const entriesOf = ({ rev, at, events }: CommitRecord): TimelineEntry[] =>
  events.map((event) => ({
    happenedAt: happenedAt(event) ?? at,
    learnedAt: at,
    commit: commitName(rev),
    event,
  }))

/** What the event's source says of when; what we decide happens when we decide it. */
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
