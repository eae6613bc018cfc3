import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Currency, Minor } from '../canonical/money.ts'
import { SellingTerms } from '../settings.ts'
import { Article } from './stock.ts'
import { kept, storedObject } from './stored-object.ts'

/** Something that a channel sells, by the channel's SKU. */
export const ListingId = z.object({ connection: ConnectionId, sku: z.string().min(1) })
export type ListingId = z.infer<typeof ListingId>

const units = z.int().min(0)

/** A component of a listing: units of an article per unit sold. Components of several warehouses are alternatives. */
export const Part = Article.extend({ per: z.int().positive() })
export type Part = z.infer<typeof Part>

/** One component, summed over the locations that the channel sells from, in units of the article. */
export const PartWhy = Part.extend({
  onHand: z.int(),
  quarantined: units,
  reserved: units,
  /** Withheld as safety stock. */
  safety: units,
  /** Reserved but missing at other locations of the warehouse; absent: none. */
  short: units.optional(),
  /** Expected within the channel's lead time. */
  incoming: units,
  /** Exclusive to other channels. */
  kept: units,
  /** The rest, never below 0. */
  sellable: units,
})
export type PartWhy = z.infer<typeof PartWhy>

/** What withholds units from a channel. `unseen`: sold there, but the orders have not arrived. */
export const Withheld = z.enum(['unseen', 'buffer', 'allocation', 'minimum', 'maximum'])
export type Withheld = z.infer<typeof Withheld>

/** The calculation of a quantity: `whole` minus `withheld` plus the channel's `own`. */
export const Why = storedObject({
  parts: z.array(kept(PartWhy)),
  /** Units of the listing that the components allow. */
  whole: units,
  withheld: z.partialRecord(Withheld, units),
  /** The channel's own open orders, if it subtracts them itself. */
  own: units,
  /** The terms that are the listing's own; absent: none. */
  byListing: z
    .array(z.enum(['buffer', 'allocation', 'minimum', 'maximum', 'leadTimeDays']))
    .optional(),
})
export type Why = z.infer<typeof Why>

/** A listing's own terms. */
export const ListingTerms = z.object({
  buffer: SellingTerms.shape.buffer.unwrap().optional(),
  allocation: SellingTerms.shape.allocation.unwrap().optional(),
  minimum: SellingTerms.shape.minimum.unwrap().optional(),
  maximum: SellingTerms.shape.maximum,
  leadTimeDays: SellingTerms.shape.leadTimeDays.unwrap().optional(),
  publish: SellingTerms.shape.publish.unwrap().optional(),
})
export type ListingTerms = z.infer<typeof ListingTerms>

/** A change of a listing's own terms. */
export const TermsChange = kept(ListingId).extend({
  at: Instant,
  /** The authenticated caller, or the file. */
  by: z.string(),
  /** Empty: its channel's terms apply. */
  terms: ListingTerms,
})
export type TermsChange = z.infer<typeof TermsChange>

/** What a channel is offered of something it sells, and what was last published. */
export const Listing = kept(ListingId).extend({
  /** Increases with every change. */
  rev: z.int(),
  /** The channel's own ids, as its connector needs them. */
  remote: z.record(z.string(), z.string()),
  price: storedObject({ minor: Minor, currency: Currency }).optional(),
  terms: kept(ListingTerms).optional(),
  /** Empty if nothing was ever counted. */
  parts: z.array(kept(Part)),
  /** Available to sell; absent if nothing was ever counted. */
  wanted: storedObject({
    units,
    /** When stock last changed it. */
    at: Instant,
    /** Units of the channel's own open orders included in it. */
    sold: units,
    /** Whether those can only be of this listing: no other listing of the channel has its articles. */
    alone: z.boolean(),
    why: Why,
  }).optional(),
  /**
   * What was last published or found at the channel. `sold`: own open orders at that time, minus those that have left
   * since; absent until stock was calculated.
   */
  published: storedObject({ units: z.int(), at: Instant, sold: z.int().optional() }).optional(),
  /** Units that the channel sold but whose orders have not arrived; assumed until an instant. */
  unseen: storedObject({ units, until: Instant }).optional(),
  /** A comparison found that the channel shows this many, and a person must decide: only selling out is published. */
  disputed: storedObject({ shows: z.int(), at: Instant }).optional(),
  /** Since when the channel shows a wrong quantity; absent: correct. */
  dirtySince: Instant.optional(),
  /** Its time limit passed and was counted. */
  late: z.boolean().optional(),
  /** The channel rejects the quantity; text for people. */
  refusal: storedObject({ reason: z.string(), at: Instant }).optional(),
})
export type Listing = z.infer<typeof Listing>
