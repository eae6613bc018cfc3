import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'

/** What a lane carries: where to look, not what to do. The ledger holds the intent. */
export const EffectHint = z.object({
  orderId: OrderId,
  intentId: z.string(),
  connection: ConnectionId,
  traceparent: z.string().optional(),
})
export type EffectHint = z.infer<typeof EffectHint>
