import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { OrderEvent } from '../events/order-event.ts'

/** What happened to an order in one step: published by the table's stream, and shown on the timeline. */
export const CommitRecord = z.object({
  orderId: OrderId,
  /** The order's revision after it. */
  rev: z.int(),
  at: Instant,
  /** The order's channel. */
  connection: ConnectionId,
  events: z.array(OrderEvent),
  traceparent: z.string().optional(),
})
export type CommitRecord = z.infer<typeof CommitRecord>

/** A commit's sort key by its revision. */
export const commitName = (rev: number): string => `commit#${padded(rev)}`

export const padded = (rev: number): string => String(rev).padStart(6, '0')
