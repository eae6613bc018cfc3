import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** Something a warehouse keeps, in the warehouse's own words: what counts and parcels are told in. */
export const Article = z.object({ warehouse: ConnectionId, sku: z.string().min(1) })
export type Article = z.infer<typeof Article>

/** Where units of an article lie. A hot article is spread over several shares of a location; the others have share 0. */
export const Place = Article.extend({ location: z.string().min(1), share: z.int().min(0) })
export type Place = z.infer<typeof Place>

/** What is known of an article at a place; quantities in units. */
export const StockRow = Place.extend({
  /** Raised by every change, so that whoever read before writing can tell. */
  rev: z.int(),
  /** Units that lie there, those that cannot be sold included. */
  onHand: z.int(),
  /** Damaged, expired or under inspection: there, and not to be sold. */
  quarantined: z.int().min(0),
  /** Promised to orders that have not left. */
  reserved: z.int().min(0),
  /** The same by the channel that sold them, for channels that subtract their own reservations. */
  reservedBy: z.record(ConnectionId, z.int()),
  /** Never promised to anybody: what counts may be wrong by. Absent: as the settings say. */
  safety: z.int().min(0).optional(),
  /** The moment the last count was about; absent until there was one. */
  countedAt: Instant.optional(),
  /** Of two counts of one moment the one with the greater number holds. */
  sequence: z.int().optional(),
  /** Full counts of its location name it: one that changed nothing of it was a count of it all the same. */
  full: z.literal(true).optional(),
  /** What moved after the last count, so that a count of an earlier moment than now can be set right; oldest first. */
  since: z.array(z.object({ at: Instant, units: z.int() })),
  /** On its way to this place. */
  incoming: z.array(z.object({ units: z.int().positive(), expectedAt: Instant })),
})
export type StockRow = z.infer<typeof StockRow>
