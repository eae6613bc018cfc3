import { z } from 'zod'
import { Order } from '../../schemas/canonical/order.ts'
import { Shipment } from '../../schemas/canonical/shipment.ts'

const Units = z.object({
  id: z.string(),
  sku: z.string().optional(),
  quantity: z.int().positive(),
})

/** What a partner reads of a message. */
export const Message = z
  .object({
    effect: z.enum([
      'create-order',
      'amend-order',
      'cancel-order',
      'post-shipment',
      'release-order',
      'amend-release',
      'cancel-release',
    ]),
    orderId: z.string().min(1),
    intentId: z.string().min(1),
    connection: z.string().min(1),
    round: z.int().positive(),
    order: Order,
    lines: z.array(Units),
    shipment: Shipment.extend({ lines: z.array(Units) }).optional(),
  })
  .refine(({ effect, shipment }) => (effect === 'post-shipment') === (shipment !== undefined), {
    path: ['shipment'],
    error: 'is of post-shipment',
  })
export type Message = z.infer<typeof Message>
