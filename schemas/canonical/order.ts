import { z } from 'zod'
import { ConnectionId, OrderId } from './identity.ts'
import { Instant } from './instant.ts'
import { Currency, Minor } from './money.ts'

/** Personal data. Country as ISO 3166-1 alpha-2; everything else as the channel wrote it. */
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

/** A value that a person put in place of the channel's. It lapses when the channel's value is no longer `old`. */
export const Edit = z.object({
  /** For example `shipTo.postalCode`, `shipTo`, `note` or `lines.<id>.sku`. */
  field: z.string().min(1),
  old: z.union([z.string(), Address, z.null()]),
  value: z.union([z.string(), Address, z.null()]),
  by: z.string(),
  at: Instant,
})
export type Edit = z.infer<typeof Edit>

/** All personal data of an order, stored apart from the rest from the first write. */
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
  /** People's edits to this document, oldest first. */
  edits: z.array(Edit).optional(),
})
export type People = z.infer<typeof People>

/**
 * The most units of a line. Larger real quantities are split over lines; anything beyond is a bar code scanned into
 * the wrong field, which would reserve all stock.
 */
export const maxUnits = 100_000

/** One line as the channel sold it. Amounts are for the whole line at its original quantity, except `unitPrice`. */
export const OrderLine = z.object({
  id: z.string().min(1),
  /** Absent if the channel has none, for example because the product was deleted. */
  sku: z.string().min(1).optional(),
  title: z.string(),
  /** Units originally sold. */
  quantity: z.int().nonnegative(),
  /** Units that the channel removed by edit, refund or cancellation. */
  removed: z.int().nonnegative(),
  /** Units that the channel reports as fulfilled, by any party. */
  fulfilled: z.int().nonnegative(),
  unitPrice: Minor,
  /** Discount allocated to this line, as a positive amount. */
  discount: Minor,
  /** Tax of this line; included in `unitPrice` if `taxesIncluded`. */
  tax: Minor,
  giftCard: z.boolean(),
  shippable: z.boolean(),
  /** The channel ships this line itself, or the counter handed it over: sent to the ERP, never to a warehouse. */
  fulfilledByChannel: z.boolean().optional(),
  /** The channel's tax code for the line. */
  taxCode: z.string().optional(),
  /** The channel's unit of measure, a UN/ECE code if there is one. */
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
 * Why the channel holds the order. `pending`: no price or address yet, so nothing is posted; with the others the order
 * is posted but not released.
 */
export const Hold = z.object({
  kind: z.enum(['pending', 'payment', 'fraud', 'address', 'other']),
  reason: z.string(),
})
export type Hold = z.infer<typeof Hold>

/** How a part of the total was or will be paid. */
const Tender = z.object({ method: z.string(), amount: Minor })

const Charge = z.object({ kind: z.enum(['tip', 'duty', 'fee']), title: z.string(), amount: Minor })

/** A snapshot of a channel's order without personal data: what the ledger compares and posts. */
export const OrderDocument = z.object({
  id: OrderId,
  connection: ConnectionId,
  channelOrderId: z.string().min(1),
  /** The number people use, for example `#1001`. */
  number: z.string(),
  /** The channel's last-modified instant; a later version replaces an earlier one. */
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
  /** Discount not allocated to any line, as a positive amount. */
  discount: Minor,
  /** Tax not allocated to any line. */
  tax: Minor,
  /** The channel's total of the parts at original quantities. */
  total: Minor,
  /** The channel's total after removals. */
  currentTotal: Minor,
  /** Empty: no holds. Absent: the message does not state holds, so the known ones stay. */
  holds: z.array(Hold).optional(),
  /** The channel waits for the retailer's acceptance before the order is final (and often before it sends the address). */
  acceptance: z.enum(['awaited', 'given']).optional(),
  tenders: z.array(Tender).optional(),
  /** The part of the tax that the channel collects and remits itself, as a marketplace facilitator. */
  facilitatedTax: Minor.optional(),
  /** What the buyer saw in another currency; for people only, not used in calculations. */
  presentment: z.object({ currency: Currency, total: Minor }).optional(),
})
export type OrderDocument = z.infer<typeof OrderDocument>

/** The canonical order: channels map to it, and other connectors map from it. */
export const Order = OrderDocument.extend({ people: People })
export type Order = z.infer<typeof Order>
