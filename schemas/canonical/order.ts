import { z } from 'zod'
import { ConnectionId, OrderId } from './identity.ts'
import { Instant } from './instant.ts'
import { Currency, Minor } from './money.ts'

/** Personal data. ISO 3166-1 alpha-2 country; everything else as the channel wrote it. */
export const Address = z.object({
  name: z.string(),
  company: z.string().optional(),
  address1: z.string(),
  address2: z.string().optional(),
  city: z.string(),
  province: z.string().optional(),
  provinceCode: z.string().optional(),
  postalCode: z.string().optional(),
  countryCode: z.string().regex(/^[A-Z]{2}$/),
  phone: z.string().optional(),
})
export type Address = z.infer<typeof Address>

/** What a person put in place of what the channel says. It lapses when the channel says something else than `old`. */
export const Edit = z.object({
  /** For example `shipTo.postalCode`, `shipTo`, `note` or `lines.<id>.sku`. */
  field: z.string().min(1),
  old: z.union([z.string(), Address, z.null()]),
  value: z.union([z.string(), Address, z.null()]),
  by: z.string(),
  at: Instant,
})
export type Edit = z.infer<typeof Edit>

/** Everything in an order that points at a person. Kept apart from the rest from the first write. */
export const People = z.object({
  customer: z
    .object({
      id: z.string().optional(),
      name: z.string().optional(),
      email: z.string().optional(),
      phone: z.string().optional(),
    })
    .optional(),
  shipTo: Address.optional(),
  billTo: Address.optional(),
  note: z.string().optional(),
  /** What people changed in this document, oldest first. */
  edits: z.array(Edit).optional(),
})
export type People = z.infer<typeof People>

/**
 * The most units of a line. Who sells more of an article splits the line; a count beyond it is a bar code that was scanned
 * into the wrong field, and would take all the stock there is.
 */
export const maxUnits = 100_000

/** One line as the channel sold it. Amounts are for the whole line at its original quantity, except `unitPrice`. */
export const OrderLine = z.object({
  id: z.string().min(1),
  /** Absent when the channel knows none, for example because the product was deleted. */
  sku: z.string().min(1).optional(),
  title: z.string(),
  /** Units sold originally. */
  quantity: z.int().nonnegative(),
  /** Units the channel has taken back by edit, refund or cancellation. */
  removed: z.int().nonnegative(),
  /** Units the channel says were fulfilled, by whomever. */
  fulfilled: z.int().nonnegative(),
  unitPrice: Minor,
  /** Discounts allocated to this line, as a positive amount. */
  discount: Minor,
  /** Tax of this line; already inside `unitPrice` when the order's `taxesIncluded` is true. */
  tax: Minor,
  giftCard: z.boolean(),
  shippable: z.boolean(),
  /** The channel ships this line itself, or the counter handed it over: it goes to the ERP and never to a warehouse. */
  fulfilledByChannel: z.boolean().optional(),
  /** The channel's code for how the line is taxed. */
  taxCode: z.string().optional(),
  /** The channel's unit of measure, UN/ECE where it has one. */
  unit: z.string().optional(),
})
export type OrderLine = z.infer<typeof OrderLine>

const ShippingLine = z.object({
  title: z.string(),
  code: z.string().optional(),
  price: Minor,
  discount: Minor,
  tax: Minor,
})

/**
 * Why the channel wants the order to wait. `pending`: it has no price or no address yet, so nothing is posted; the others
 * let it be posted and keep it from the warehouse.
 */
export const Hold = z.object({
  kind: z.enum(['pending', 'payment', 'fraud', 'address', 'other']),
  reason: z.string(),
})
export type Hold = z.infer<typeof Hold>

/** How a part of the total was or will be paid, for the accounts. */
const Tender = z.object({ method: z.string(), amount: Minor })

const Charge = z.object({ kind: z.enum(['tip', 'duty', 'fee']), title: z.string(), amount: Minor })

/** A snapshot of a channel's order without personal data: what the ledger compares and posts. */
export const OrderDocument = z.object({
  id: OrderId,
  connection: ConnectionId,
  channelOrderId: z.string().min(1),
  /** The number people use, for example `#1001`. */
  number: z.string(),
  /** The channel's own last-modified instant: a later one replaces an earlier one. */
  version: Instant,
  placedAt: Instant,
  currency: Currency,
  taxesIncluded: z.boolean(),
  test: z.boolean(),
  cancelledAt: Instant.optional(),
  cancelReason: z.string().optional(),
  payment: z.enum(['pending', 'authorized', 'paid', 'refunded', 'voided']),
  lines: z.array(OrderLine).nonempty(),
  shipping: z.array(ShippingLine),
  charges: z.array(Charge),
  /** Discount that the channel did not allocate to any line, as a positive amount. */
  discount: Minor,
  /** Tax that the channel did not allocate to any line. */
  tax: Minor,
  /** What the channel says the parts add up to, at original quantities. */
  total: Minor,
  /** What the channel says remains after removals. */
  currentTotal: Minor,
  /** Empty: nothing holds it. Absent: this message does not speak of holds, and those that are known stay. */
  holds: z.array(Hold).optional(),
  /** The channel waits for the retailer's word before the order is final (and often before it tells the address). */
  acceptance: z.enum(['awaited', 'given']).optional(),
  tenders: z.array(Tender).optional(),
  /** The part of all tax that the channel collects and pays over itself, as a marketplace facilitator. */
  facilitatedTax: Minor.optional(),
  /** What the buyer saw, when it was another currency; for people only, no sum is made with it. */
  presentment: z.object({ currency: Currency, total: Minor }).optional(),
})
export type OrderDocument = z.infer<typeof OrderDocument>

/** The one shape every channel maps to and every connector maps from. */
export const Order = OrderDocument.extend({ people: People })
export type Order = z.infer<typeof Order>
