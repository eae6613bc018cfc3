import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Requests } from '../messages/requests.ts'
import { OrderEvent } from './order-event.ts'

/** Context of a published event: its order, and when it was learned. */
const About = z.object({
  orderId: OrderId,
  commit: z.string().describe('Events that were decided together have the same commit.'),
  channel: ConnectionId,
  at: Instant.describe('When Crossdock learned or decided it.'),
  traceparent: z.string().optional(),
  requests: Requests.optional().describe(
    'Effects that this event requires: intent ids by connection.',
  ),
})

/** Metrics count met stages and the timeline shows them; as events they would be a third of the bus's cost. */
const onlyCounted = 'stage.met'

/** The `detail` of events on the bus by `detail-type`; the `source` is `crossdock`. */
export const publishedEvents = new Map(
  OrderEvent.options
    .filter((option) => option.shape.type.value !== onlyCounted)
    .map((option) => [option.shape.type.value, About.extend(option.shape)]),
)

export const isPublished = ({ type }: OrderEvent): boolean => type !== onlyCounted
