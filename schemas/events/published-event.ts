import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { OrderEvent } from './order-event.ts'

/** What the bus carries besides the event itself: which order it is about, and when it was learned. */
const About = z.object({
  orderId: OrderId,
  commit: z.string().describe('What was decided together has the same commit.'),
  channel: ConnectionId,
  at: Instant.describe('When Crossdock learned or decided it.'),
  traceparent: z.string().optional(),
})

/** The `detail` of events on the bus by their `detail-type`; the `source` is `crossdock`. */
export const publishedEvents = new Map(
  OrderEvent.options.map((option) => [option.shape.type.value, About.extend(option.shape)]),
)
