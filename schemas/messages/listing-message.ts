import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** A listing whose channel has to be told something, or whatever waits for that channel; what, the listings know. */
export const ListingHint = z.object({ connection: ConnectionId, sku: z.string().min(1).optional() })
export type ListingHint = z.infer<typeof ListingHint>

/** Values that a channel took to look at later, to be asked about. */
export const FeedMessage = z.object({
  connection: ConnectionId,
  attribute: z.string(),
  /** The vendor's id of the feed. */
  feed: z.string(),
  sentAt: Instant,
  /** What was desired when they were sent. */
  sent: z.array(
    z.object({ sku: z.string(), value: z.unknown(), at: Instant, sold: z.int().optional() }),
  ),
})
export type FeedMessage = z.infer<typeof FeedMessage>

const skus = z.array(z.string().min(1))

/**
 * A channel to look up listings at. `requested`: everything due, and these, which our index may not have yet.
 * `missing`: a second attempt for these, which the channel's index may have lacked. Otherwise an interrupted
 * comparison continues.
 */
export const LookupHint = z.object({
  connection: ConnectionId,
  lookUp: z.union([
    z.object({ requested: skus }),
    z.object({ missing: skus.min(1) }),
    z.object({ cursor: z.string(), begunAt: Instant, listings: z.int() }),
  ]),
})
export type LookupHint = z.infer<typeof LookupHint>

export const ListingMessage = z.union([FeedMessage, LookupHint, ListingHint])
export type ListingMessage = z.infer<typeof ListingMessage>

/** So many hints at once, all that a batch of SQS has without a window, say that there are more behind them. */
export const hintBatchSize = 10
