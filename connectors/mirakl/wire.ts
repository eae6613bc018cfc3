import { z } from 'zod'
import { KnownCurrency } from '../../schemas/canonical/money.ts'
import { Amount, Moment, Text, texts } from '../kit/shapes.ts'

// Read by `exactly`, so numbers are the digits that were sent. Mirakl adds fields and enumeration values at any time.
export const Count = z
  .string()
  .regex(/^\d{1,9}(\.0+)?$/, 'is not a whole number')
  .transform(Number)

const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])

const Part = z.object({
  amount: Amount,
  debitable_from_customer: z.boolean().nullish(),
  payable_to_shop: z.boolean().nullish(),
})
const Tax = z.object({
  code: z.string(),
  amount: Amount,
  amount_breakdown: z.object({ parts: list(Part) }).nullish(),
})

const Fee = z.object({ code: z.string(), amount: Amount })
export type WireFee = z.infer<typeof Fee>

/** A cancelation or a refund. The quantity is "informative only", so it may be missing. */
const TakenBack = z.object({
  amount: Amount.nullish(),
  quantity: Count.nullish(),
  shipping_amount: Amount.nullish(),
  taxes: list(Tax),
  shipping_taxes: list(Tax),
  fees: list(Fee),
})
export type WireTakenBack = z.infer<typeof TakenBack>

const Line = z.object({
  order_line_id: z.string().min(1),
  order_line_state: z.string(),
  ...texts('offer_sku', 'product_title', 'shipped_date'),
  quantity: Count,
  price: Amount,
  price_unit: Amount.nullish(),
  shipping_price: Amount,
  total_price: Amount,
  taxes: list(Tax),
  shipping_taxes: list(Tax),
  fees: list(Fee),
  promotions: list(z.object({ deduced_amount: Amount })),
  cancelations: list(TakenBack),
  refunds: list(TakenBack),
})
export type WireLine = z.infer<typeof Line>

const Address = z.object({
  ...texts(
    'firstname',
    'lastname',
    'company',
    'company_2',
    'street_1',
    'street_2',
    'city',
    'state',
  ),
  ...texts('zip_code', 'country', 'country_iso_code', 'phone', 'additional_info'),
})
export type WireAddress = z.infer<typeof Address>

/** An order as OR11 lists it; only the fields we read. Addresses are null until the operator tells them. */
export const WireOrder = z.object({
  ...texts('order_state_reason_label', 'order_state_reason_code', 'customer_debited_date'),
  ...texts('payment_workflow', 'shipping_type_code', 'shipping_type_label'),
  ...texts('customer_notification_email'),
  order_id: z.string().min(1),
  created_date: Moment,
  last_updated_date: Moment,
  currency_iso_code: KnownCurrency,
  order_state: z.string(),
  order_tax_mode: z.enum(['TAX_INCLUDED', 'TAX_EXCLUDED']),
  order_taxes: list(z.object({ total_amount: Amount })),
  total_price: Amount,
  can_cancel: z.boolean().nullish(),
  fully_refunded: z.boolean().nullish(),
  fulfillment: z.object({ center: z.object({ code: Text }).nullish() }).nullish(),
  customer: z
    .object({
      ...texts('customer_id', 'firstname', 'lastname'),
      shipping_address: Address.nullish(),
      billing_address: Address.nullish(),
    })
    .nullish(),
  order_lines: z.array(Line).nonempty(),
})
export type WireOrder = z.infer<typeof WireOrder>

/** A page of OR11, its orders unread. */
export const OrderPage = z.object({
  orders: z.array(z.looseObject({ order_id: z.string().min(1) })),
  total_count: Count,
})

/** A page of ST11. */
export const ShipmentPage = z.object({
  data: z.array(
    z.object({
      id: z.string().min(1),
      status: z.string(),
      shipment_lines: list(z.object({ package_reference: Text })),
    }),
  ),
  next_page_token: Text,
})

/** What ST01, ST23 and ST24 say, which answer 200 or 201 also when they did nothing. */
export const ShipmentAnswer = z.object({
  shipment_success: list(z.object({ id: z.string().min(1) })),
  shipment_errors: list(z.object({ message: Text })),
})
