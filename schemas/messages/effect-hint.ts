import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** What a lane carries: where to look, not what to do. The ledger holds the intent. */
export const EffectHint = z.object({
  orderId: OrderId,
  intentId: z.string(),
  connection: ConnectionId,
  traceparent: z.string().optional(),
  /** Set on the one hint that comes back for the effect at this moment. */
  until: Instant.optional(),
  /** How often it has come back to find another effect on its order under way. @default 0 */
  turns: z.int().optional(),
})
export type EffectHint = z.infer<typeof EffectHint>
