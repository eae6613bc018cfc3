import { z } from 'zod'
import { OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { OrderEvent } from '../events/order-event.ts'

const Entry = z.object({
  happenedAt: Instant.describe('When it happened, according to its source.'),
  learnedAt: Instant.describe('When Crossdock learned it.'),
  commit: z.string().describe('Entries that were recorded together have the same commit.'),
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
