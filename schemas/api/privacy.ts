import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

const kind = z
  .enum(['erasure', 'disclosure'])
  .describe('`erasure` of every copy, or `disclosure`: a file with all stored data.')

/** A request about the personal data of an order, or of all orders of a customer. */
export const PrivacyAsked = z.union(
  [
    z.strictObject({ kind, order: OrderId }),
    z.strictObject({
      kind,
      channel: ConnectionId,
      customer: z.string().min(1).max(200).describe('The channel’s id of the customer.'),
    }),
  ],
  'write `kind`, and either `order`, or `channel` and `customer`',
)
export type PrivacyAsked = z.infer<typeof PrivacyAsked>

/** The request is stored durably in a queue. */
export const PrivacyAccepted = z.object({
  id: z.string(),
  askedAt: Instant,
  report: z.string().describe('The file in the files bucket that will say what was done.'),
  disclosure: z.string().optional().describe('The file for the customer, kept for 30 days.'),
})
export type PrivacyAccepted = z.infer<typeof PrivacyAccepted>
