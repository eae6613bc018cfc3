import { z } from 'zod'
import { OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { OrderEvent } from '../events/order-event.ts'

const Entry = z.object({
  happenedAt: Instant.describe('When it happened, as far as its source says.'),
  learnedAt: Instant.describe('When Crossdock learned of it.'),
  commit: z.string().describe('What was learned together has the same commit.'),
  event: OrderEvent,
})
export type TimelineEntry = z.infer<typeof Entry>

/** What happened to an order, oldest first. */
export const Timeline = z.object({
  orderId: OrderId,
  entries: z.array(Entry),
  next: z.string().optional().describe('The cursor of the next page; absent on the last.'),
})
export type Timeline = z.infer<typeof Timeline>
