import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Currency } from '../canonical/money.ts'
import { People } from '../canonical/order.ts'
import { Reference } from '../canonical/reference.ts'
import { Shipment } from '../canonical/shipment.ts'
import { ExceptionCode, ExceptionOwner } from '../events/exception.ts'
import { EffectName } from '../events/order-event.ts'
import { Money } from './amount.ts'

/** A summary for people; the lines have the details. */
export const Status = z.enum([
  'expected',
  'captured',
  'accepted',
  'released',
  'partially-shipped',
  'shipped',
  'complete',
  'cancelled',
])
export type Status = z.infer<typeof Status>

/** Units by state. */
const Line = z.object({
  id: z.string(),
  sku: z.string().optional(),
  title: z.string().optional(),
  shippable: z.boolean(),
  ordered: z.int(),
  cancelled: z.int(),
  released: z.int(),
  shipped: z.int(),
  assignedToChannel: z.int(),
  backordered: z.int(),
  refunded: z.int(),
})

/** An effect at a system. */
const Effect = z.object({
  intentId: z.string().describe('The effect that `retry` and `answer` refer to.'),
  effect: EffectName,
  connection: ConnectionId,
  state: z.enum(['pending', 'sent', 'doubt', 'done', 'refused', 'withdrawn']),
  attempts: z.int(),
  reference: Reference.optional(),
  trouble: z.string().optional().describe('The reason of the last failed attempt.'),
  notBefore: Instant.optional(),
})

const Standing = z.object({
  code: ExceptionCode,
  subject: z.string(),
  owner: ExceptionOwner,
  reason: z.string(),
  raisedAt: Instant,
  deadline: Instant,
})

/** The current order without personal data. */
export const OrderView = z.object({
  id: OrderId,
  channel: ConnectionId,
  channelOrderId: z.string().optional(),
  number: z.string().optional(),
  status: Status,
  revision: z.int().describe('Increases with every change of the order.'),
  placedAt: Instant.optional(),
  updatedAt: Instant.optional().describe('When it last changed at the channel.'),
  currency: Currency.optional(),
  total: Money.optional(),
  currentTotal: Money.optional(),
  held: z.string().optional().describe('Why a person put it on hold.'),
  cancelRequestedAt: Instant.optional(),
  cancelledAt: Instant.optional(),
  cancelReason: z.string().optional(),
  references: z
    .array(z.object({ connection: ConnectionId, ...Reference.shape }))
    .describe("The order's references in other systems."),
  lines: z.array(Line),
  effects: z.array(Effect),
  shipments: z.array(Shipment),
  exceptions: z.array(Standing),
  people: People.optional().describe('Only if requested with `people=true` and a purpose.'),
  peopleGone: z
    .enum(['erased', 'expired'])
    .optional()
    .describe(
      'Why there is no personal data; `expired` appears only if personal data was requested.',
    ),
  unchanged: z
    .string()
    .optional()
    .describe('Only in the answer to a command that had nothing to do: the reason.'),
  erasedBy: z.string().optional().describe('The request that erased it.'),
})
export type OrderView = z.infer<typeof OrderView>

/** Search results. */
export const OrderList = z.object({ orders: z.array(OrderView) })
export type OrderList = z.infer<typeof OrderList>
