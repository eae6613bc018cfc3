import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/**
 * A listing whose quantity must be published, or everything that waits for the channel; the listings table has the
 * quantities.
 */
export const StockHint = z.object({ connection: ConnectionId, sku: z.string().min(1).optional() })
export type StockHint = z.infer<typeof StockHint>

/** Quantities that a channel accepted for later processing; their result is read later. */
export const StockTicket = z.object({
  connection: ConnectionId,
  ticket: z.string(),
  sentAt: Instant,
  /** The quantities that were sent. */
  told: z.array(z.object({ sku: z.string(), units: z.int(), at: Instant, sold: z.int() })),
})
export type StockTicket = z.infer<typeof StockTicket>

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

export const StockMessage = z.union([StockTicket, LookupHint, StockHint])
export type StockMessage = z.infer<typeof StockMessage>

/** This many hints in one batch (SQS's maximum without a batching window) mean that more are waiting. */
export const heap = 10
