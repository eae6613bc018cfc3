import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { OrderEvent } from '../events/order-event.ts'

/** What happened to an order in one step: what the table's stream publishes, and what the timeline is made of. */
export const CommitRecord = z.object({
  orderId: OrderId,
  /** The order's revision after it. */
  rev: z.int(),
  at: Instant,
  /** The channel the order belongs to. */
  connection: ConnectionId,
  events: z.array(OrderEvent),
  traceparent: z.string().optional(),
})
export type CommitRecord = z.infer<typeof CommitRecord>

/** A step as people see it, by its revision: they sort as they happened. */
export const commitName = (rev: number): string => `commit#${padded(rev)}`

export const padded = (rev: number): string => String(rev).padStart(6, '0')
