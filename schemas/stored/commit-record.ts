import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { OrderEvent } from '../events/order-event.ts'

/** What happened to an order in one transaction: the outbox that the table's stream publishes, and the timeline. */
export const CommitRecord = z.object({
  pk: OrderId,
  sk: z.string(),
  at: Instant,
  /** The channel the order belongs to. */
  connection: ConnectionId,
  events: z.array(OrderEvent),
  traceparent: z.string().optional(),
})
export type CommitRecord = z.infer<typeof CommitRecord>
