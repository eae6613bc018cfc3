import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** A lane's message: where to look, not what to do. The ledger holds the intent. */
export const EffectHint = z.object({
  orderId: OrderId,
  intentId: z.string(),
  connection: ConnectionId,
  traceparent: z.string().optional(),
  /** Set on the one hint that returns for the effect at this time. */
  until: Instant.optional(),
  /** How often it returned and found another effect on its order running. @default 0 */
  turns: z.int().optional(),
})
export type EffectHint = z.infer<typeof EffectHint>
