import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { kept, storedObject } from './stored-object.ts'

/** Something a warehouse keeps, in the warehouse's own words: what counts and parcels are told in. */
export const Article = z.object({ warehouse: ConnectionId, sku: z.string().min(1) })
export type Article = z.infer<typeof Article>

/** Where units of an article lie. A hot article is spread over several shares of a location; the others have share 0. */
export const Place = Article.extend({ location: z.string().min(1), share: z.int().min(0) })
export type Place = z.infer<typeof Place>

/** Something moved after a count, so that a count of an earlier moment than now can be set right. */
const Moved = storedObject({ at: Instant, units: z.int() })
export type Moved = z.infer<typeof Moved>

/** The last count that said something. */
const Counted = storedObject({ at: Instant, sequence: z.int() })
export type Counted = z.infer<typeof Counted>

/** What is known of an article at a place; quantities in units. */
export const StockRow = kept(Place).extend({
  /** Raised by every change, so that whoever read before writing can tell. */
  rev: z.int(),
  /** Units that lie there, those that cannot be sold included. */
  onHand: z.int(),
  /** Damaged, expired or under inspection: there, and not to be sold. Below 0 while units were told to be good again before they were told to be bad. */
  quarantined: z.int(),
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
  /** A comparison found so many, which nobody believed yet: a person has to say how many there are. */
  doubted: storedObject({ onHand: z.int(), at: Instant }).optional(),
  /** Of share 0: how many shares the article has at its location, those included that the settings no longer name. */
  shares: z.int().optional(),
  /** What moved after the last count. */
  since: z.array(Moved),
  /** On its way to this place. */
  incoming: z.array(storedObject({ units: z.int().positive(), expectedAt: Instant })),
  /** Counts may leave out what cannot be sold and what is on its way: of each the last count that did not. */
  quarantineCounted: Counted.optional(),
  incomingCounted: Counted.optional(),
  /** What of it came to be unsellable, or sellable again, after the last count that said how many are. */
  quarantinedSince: z.array(Moved).optional(),
})
export type StockRow = z.infer<typeof StockRow>
