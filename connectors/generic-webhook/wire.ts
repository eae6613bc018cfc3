import { z } from 'zod'
import { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { Shipment } from '../../schemas/canonical/shipment.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'

const Units = z.object({
  id: z.string().describe('The line of `order.lines` that these units are of.'),
  sku: z.string().optional().describe('As your system calls it. Absent: the channel has none.'),
  quantity: z.int().positive(),
})

const reference = z.object({ id: z.string(), number: z.string().optional() }).optional()

const about = {
  orderId: OrderId.describe(
    'Stays the same for the life of the order: keep it with your document.',
  ),
  intentId: z.string().describe('Names this piece of work when you answer it later.'),
  connection: ConnectionId.describe('The connection that speaks, as the settings call it.'),
  round: z
    .int()
    .positive()
    .describe('1, or one more each time an order comes anew after you let go of it.'),
  order: Order.describe(
    'The order as the channel has it now, personal data included, with SKUs, units, tax codes, shipping and payment methods and the customer as your system calls them. Amounts are in minor units.',
  ),
  lines: z
    .array(
      Units.extend({
        components: z
          .array(z.object({ sku: z.string(), quantity: z.int().positive() }))
          .optional()
          .describe('What one unit of a bundle is made of, when you know it by its parts only.'),
      }),
    )
    .describe('The units that stand when the message is done: a line that is absent has none.'),
  references: z
    .object({ erp: reference, wms: reference })
    .describe('What the systems of this order answered: yours is among them once you did.'),
}

const message = <Effect extends EffectName>(effect: Effect, meaning: string) =>
  z.object({ effect: z.literal(effect), ...about }).describe(meaning)

/** Every message that Crossdock sends, by its `effect`. */
export const Message = z.discriminatedUnion('effect', [
  message('create-order', 'Book the order.'),
  message(
    'amend-order',
    'Bring the order that you have to what this message says, whatever it was.',
  ),
  message('cancel-order', 'Take the order back.'),
  message('post-shipment', 'Book a parcel of the order.').extend({
    shipment: Shipment.extend({ lines: z.array(Units) }).describe('The parcel, and what is in it.'),
  }),
  message('release-order', 'Ship the units in `lines` to `order.people.shipTo`.'),
  message('amend-release', 'Bring the release that you have to what this message says.'),
  message('cancel-release', 'Let go of what has not left; refuse when it is too late.'),
])
export type Message = z.infer<typeof Message>

const text = z
  .union([z.string().min(1), z.int().transform(String)])
  .describe('Numbers are taken as their digits.')

/** The body of 200, 201 and 409: what the system calls what it made. */
export const Answered = z.object({
  reference: z.object({
    id: text,
    number: text.nullish().describe('The number that people use, when it is another.'),
    differs: z
      .string()
      .nullish()
      .describe('How the document differs from what was asked for, for finance to look at.'),
  }),
})

/** The body of a refusal, RFC 9457. */
export const Refusal = z.object({ title: z.string().optional(), detail: z.string().optional() })
