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

const refusal = storedObject({ reason: z.string(), at: Instant, feed: z.string().optional() })

/** What is known of an attribute of a listing. A row of the table of attributes says what a value is, and may keep more. */
const attribute = <V extends z.ZodType>(value: V) =>
  storedObject({
    /** What the channel is to show, since the change that made it so. */
    desired: storedObject({ value, at: Instant }).optional(),
    /** What the channel took last, or was found to show; `feed`: the vendor's feed that said so. */
    acknowledged: storedObject({ value, at: Instant, feed: z.string().optional() }).optional(),
    /** What it was told without an answer: it shows this or what it acknowledged before. */
    maybeAcknowledged: storedObject({ value, at: Instant }).optional(),
    /** A comparison found this, which is left to a person. */
    mismatch: storedObject({ shows: value, at: Instant }).optional(),
    /** The channel does not take what it is told; in words for people. */
    refusal: refusal.optional(),
    /** Since when the channel shows something else than it should; absent when all is well. */
    dirtySince: Instant.optional(),
    /** Its time limit passed and was counted. */
    late: z.boolean().optional(),
  })

export const AttributeState = attribute(z.unknown())
export type AttributeState = z.infer<typeof AttributeState>

const known = attribute(z.int()).shape
/** Own open orders of the channel as of then, less those that have left since; absent until stock was looked at. */
const sold = { sold: z.int().optional() }

/** Units that a channel may sell; `desired` is absent while nothing of the listing was ever counted. */
export const Quantity = storedObject({
  ...known,
  desired: known.desired
    .unwrap()
    .extend({
      value: units,
      /** Units of the channel's own open orders that it takes into account. */
      sold: units,
      /** Whether those can be of this listing only: nothing else that the channel sells has its articles. */
      alone: z.boolean(),
      why: Why,
    })
    .optional(),
  acknowledged: known.acknowledged.unwrap().extend(sold).optional(),
  maybeAcknowledged: known.maybeAcknowledged.unwrap().extend(sold).optional(),
  /** Units that the channel sold though their orders have not come; believed until a moment by which they have to. */
  unseen: storedObject({ units, until: Instant }).optional(),
})
export type Quantity = z.infer<typeof Quantity>

/** Something that a channel sells, and of each of its attributes what the channel is to show and what it was told. */
export const Listing = kept(ListingId).extend({
  /** Increases with every change. */
  rev: z.int(),
  /** The channel's own ids, as its connector needs them. */
  remote: z.record(z.string(), z.string()),
  /** What the channel says that it costs there. */
  price: storedObject({ minor: Minor, currency: Currency }).optional(),
  terms: kept(ListingTerms).optional(),
  /** Empty if nothing was ever counted. */
  parts: z.array(kept(Part)),
  attributes: storedObject({ quantity: Quantity.optional() }).default({}),
})
export type Listing = z.infer<typeof Listing>
