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
})
export type People = z.infer<typeof People>

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
})
export type OrderLine = z.infer<typeof OrderLine>

const ShippingLine = z.object({
  title: z.string(),
  code: z.string().optional(),
  price: Minor,
  discount: Minor,
  tax: Minor,
})

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
})
export type OrderDocument = z.infer<typeof OrderDocument>

/** The one shape every channel maps to and every connector maps from. */
export const Order = OrderDocument.extend({ people: People })
export type Order = z.infer<typeof Order>
