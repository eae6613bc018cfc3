import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** A listing whose channel has to be told something, or whatever waits for that channel; what, the listings know. */
export const StockHint = z.object({ connection: ConnectionId, sku: z.string().min(1).optional() })
export type StockHint = z.infer<typeof StockHint>

/** Numbers that a channel took to look at later, to be asked about. */
export const StockTicket = z.object({
  connection: ConnectionId,
  ticket: z.string(),
  sentAt: Instant,
  /** What was wanted when they were sent. */
  told: z.array(z.object({ sku: z.string(), units: z.int(), at: Instant, sold: z.int() })),
})
export type StockTicket = z.infer<typeof StockTicket>

const skus = z.array(z.string().min(1))

/**
 * A channel that has to be asked for listings. `requested`: for all that is due, and for these, which our index may not have yet.
 * `missing`: a second time for these, which the channel's index may not have had. Otherwise a comparison of everything goes on
 * where it stopped.
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

/** So many hints at once, all that a batch of SQS has without a window, say that there are more behind them. */
export const heap = 10
