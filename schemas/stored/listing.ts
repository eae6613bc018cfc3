import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Currency, Minor } from '../canonical/money.ts'
import { SellingTerms } from '../settings.ts'
import { Article } from './stock.ts'
import { kept, storedObject } from './stored-object.ts'

/** Something that a channel sells, in the channel's own words. */
export const ListingId = z.object({ connection: ConnectionId, sku: z.string().min(1) })
export type ListingId = z.infer<typeof ListingId>

const units = z.int().min(0)

/** What a listing is made of: so many units of an article for one unit sold. Parts of several warehouses are alternatives. */
export const Part = Article.extend({ per: z.int().positive() })
export type Part = z.infer<typeof Part>

/** Of one part, summed over the locations that the channel sells from; in units of the article. */
export const PartWhy = Part.extend({
  onHand: z.int(),
  quarantined: units,
  reserved: units,
  /** Kept back as safety stock. */
  safety: units,
  /** Promised at other places of the warehouse, and not there; absent: none. */
  short: units.optional(),
  /** Expected within the channel's lead time. */
  incoming: units,
  /** Kept for channels that have some of it to themselves. */
  kept: units,
  /** What is left: never below 0. */
  sellable: units,
})
export type PartWhy = z.infer<typeof PartWhy>

/** What keeps units from a channel. `unseen`: sold there already, though the orders have not come. */
export const Withheld = z.enum(['unseen', 'buffer', 'allocation', 'minimum', 'maximum'])
export type Withheld = z.infer<typeof Withheld>

/** How a number came about: `whole`, less what is `withheld`, plus the channel's `own`, is what it is offered. */
export const Why = storedObject({
  parts: z.array(kept(PartWhy)),
  /** Units of the listing that the parts make. */
  whole: units,
  withheld: z.partialRecord(Withheld, units),
  /** For a channel that subtracts its own open orders from what it is told: those. */
  own: units,
  /** Which terms are the listing's own instead of its channel's; absent: none. */
  byListing: z
    .array(z.enum(['buffer', 'allocation', 'minimum', 'maximum', 'leadTimeDays']))
    .optional(),
})
export type Why = z.infer<typeof Why>

/** What a listing has instead of its channel's terms. */
export const ListingTerms = z.object({
  buffer: SellingTerms.shape.buffer.unwrap().optional(),
  allocation: SellingTerms.shape.allocation.unwrap().optional(),
  minimum: SellingTerms.shape.minimum.unwrap().optional(),
  maximum: SellingTerms.shape.maximum,
  leadTimeDays: SellingTerms.shape.leadTimeDays.unwrap().optional(),
  publish: SellingTerms.shape.publish.unwrap().optional(),
})
export type ListingTerms = z.infer<typeof ListingTerms>

/** Somebody gave a listing terms of its own, or took them back: what the desk shows of it afterwards. */
export const TermsChange = kept(ListingId).extend({
  at: Instant,
  /** As the door authenticated them, or the file that said so. */
  by: z.string(),
  /** Empty: its channel's hold again. */
  terms: ListingTerms,
})
export type TermsChange = z.infer<typeof TermsChange>

/** What a channel is offered of something it sells, and what it was told last. */
export const Listing = kept(ListingId).extend({
  /** Raised by every change. */
  rev: z.int(),
  /** What the channel itself calls it, as its connector needs it. */
  remote: z.record(z.string(), z.string()),
  price: storedObject({ minor: Minor, currency: Currency }).optional(),
  terms: kept(ListingTerms).optional(),
  /** Empty when nothing of it was ever counted. */
  parts: z.array(kept(Part)),
  /** Available to sell; absent while nothing of it was ever counted. */
  wanted: storedObject({
    units,
    /** The moment of the change that made it so. */
    at: Instant,
    /** Units of the channel's own open orders that it takes into account. */
    sold: units,
    /** Whether those can be of this listing only: nothing else that the channel sells has its articles. */
    alone: z.boolean(),
    why: Why,
  }).optional(),
  /**
   * What the channel was told last, or was found to show. `sold`: own open orders as of then, less those that have left
   * since; absent until stock was looked at.
   */
  published: storedObject({ units: z.int(), at: Instant, sold: z.int().optional() }).optional(),
  /** Units that the channel sold though their orders have not come; believed until a moment by which they have to. */
  unseen: storedObject({ units, until: Instant }).optional(),
  /** A comparison found that the channel shows so many, which is left to a person: it is told nothing but that it ran out. */
  disputed: storedObject({ shows: z.int(), at: Instant }).optional(),
  /** Since when the channel shows something else than it should; absent when all is well. */
  dirtySince: Instant.optional(),
  /** Its time limit passed and was counted. */
  late: z.boolean().optional(),
  /** The channel does not take what it is told; in words for people. */
  refusal: storedObject({ reason: z.string(), at: Instant }).optional(),
})
export type Listing = z.infer<typeof Listing>
