import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { kept, storedObject } from './stored-object.ts'

/** An article by the warehouse's SKU, as used in counts and parcels. */
export const Article = z.object({ warehouse: ConnectionId, sku: z.string().min(1) })
export type Article = z.infer<typeof Article>

/** Where units of an article are. A hot article has several shards (`share`) per location; others only 0. */
export const Place = Article.extend({ location: z.string().min(1), share: z.int().min(0) })
export type Place = z.infer<typeof Place>

/** A movement after a count, so that a late count can be corrected. */
const Moved = storedObject({ at: Instant, units: z.int() })
export type Moved = z.infer<typeof Moved>

/** The last relevant count. */
const Counted = storedObject({ at: Instant, sequence: z.int() })
export type Counted = z.infer<typeof Counted>

/** The stock of an article at a place, in units. */
export const StockRow = kept(Place).extend({
  /** Increases with every change; detects concurrent writes. */
  rev: z.int(),
  /** All units at the place, including those that cannot be sold. */
  onHand: z.int(),
  /** Damaged, expired or under inspection. Below 0 while a release was reported before its quarantine. */
  quarantined: z.int(),
  /** Reserved for orders that have not shipped. */
  reserved: z.int().min(0),
  /** The same by channel, for channels that subtract their own open orders. */
  reservedBy: z.record(ConnectionId, z.int()),
  /** Never offered, in case counts are wrong. Absent: from the settings. */
  safety: z.int().min(0).optional(),
  /** When the last count was taken; absent: never. */
  countedAt: Instant.optional(),
  /** Of two counts with the same time, the higher sequence wins. */
  sequence: z.int().optional(),
  /** Included in its location's full counts: one that changed nothing was still a count of it. */
  full: z.literal(true).optional(),
  /** A comparison counted this many, too far off to be applied: a person must confirm. */
  doubted: storedObject({ onHand: z.int(), at: Instant }).optional(),
  /** On shard 0: the article's number of shards at its location, including those no longer in the settings. */
  shares: z.int().optional(),
  /** Movements after the last count. */
  since: z.array(Moved),
  /** On its way to this place. */
  incoming: z.array(storedObject({ units: z.int().positive(), expectedAt: Instant })),
  /** Counts may omit quarantined and incoming units: the last count of each. */
  quarantineCounted: Counted.optional(),
  incomingCounted: Counted.optional(),
  /** Quarantine and release movements after the last count of quarantined units. */
  quarantinedSince: z.array(Moved).optional(),
})
export type StockRow = z.infer<typeof StockRow>
