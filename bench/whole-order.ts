import { z } from 'zod'

const id = z.int().nonnegative()
const text = z.string().nullish()
const amount = z.string().regex(/^-?\d{1,13}(\.\d*)?$/)
const currency = z.string().length(3)
const moment = z.iso.datetime({ offset: true })
const money = z.object({ amount, currency_code: currency })
const both = z.object({ shop_money: money, presentment_money: money })
const gid = { id, admin_graphql_api_id: z.string().nullish() }

const address = z.object({
  first_name: text,
  last_name: text,
  name: text,
  company: text,
  address1: text,
  address2: text,
  city: text,
  province: text,
  province_code: text,
  zip: text,
  country: text,
  country_code: text,
  phone: text,
  latitude: z.number().nullish(),
  longitude: z.number().nullish(),
})

const allocations = z.array(
  z.object({ amount, amount_set: both, discount_application_index: z.int() }),
)
const taxLines = z.array(
  z.object({
    title: z.string(),
    rate: z.number(),
    price: amount,
    price_set: both,
    channel_liable: z.boolean().nullish(),
  }),
)

const line = z.object({
  ...gid,
  sku: text,
  title: z.string(),
  name: z.string(),
  variant_title: text,
  vendor: text,
  quantity: z.int().nonnegative(),
  current_quantity: z.int().nonnegative().nullish(),
  fulfillable_quantity: z.int().nullish(),
  fulfillment_service: text,
  fulfillment_status: text,
  price: amount,
  price_set: both,
  total_discount: amount.nullish(),
  total_discount_set: both.nullish(),
  discount_allocations: allocations,
  tax_lines: taxLines,
  duties: z.array(z.object({ shop_money: money, presentment_money: money })),
  gift_card: z.boolean(),
  requires_shipping: z.boolean(),
  taxable: z.boolean(),
  product_exists: z.boolean(),
  product_id: id.nullish(),
  variant_id: id.nullish(),
  grams: z.int(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })),
})

const shippingLine = z.object({
  id,
  title: text,
  code: text,
  price: amount,
  price_set: both,
  discounted_price: amount,
  discounted_price_set: both.nullish(),
  discount_allocations: allocations,
  tax_lines: taxLines,
  is_removed: z.boolean().nullish(),
  source: text,
})

/** Every field that the bench's order has, and those of a real one that it leaves out, in plain zod: what one writes first. */
export const WholeOrder = z.object({
  ...gid,
  name: z.string(),
  order_number: z.int(),
  app_id: id.nullish(),
  browser_ip: text,
  cart_token: text,
  checkout_id: id.nullish(),
  checkout_token: text,
  confirmed: z.boolean().nullish(),
  created_at: moment,
  updated_at: moment,
  processed_at: moment,
  closed_at: moment.nullish(),
  cancelled_at: moment.nullish(),
  cancel_reason: text,
  test: z.boolean(),
  currency,
  presentment_currency: currency,
  financial_status: text,
  fulfillment_status: text,
  taxes_included: z.boolean(),
  duties_included: z.boolean().nullish(),
  estimated_taxes: z.boolean().nullish(),
  total_line_items_price: amount,
  total_line_items_price_set: both.nullish(),
  total_discounts: amount,
  total_discounts_set: both.nullish(),
  subtotal_price: amount,
  subtotal_price_set: both.nullish(),
  total_tax: amount,
  total_tax_set: both.nullish(),
  total_tip_received: amount,
  total_price: amount,
  total_price_set: both.nullish(),
  total_weight: z.int().nullish(),
  current_total_price: amount,
  current_total_price_set: both.nullish(),
  total_shipping_price_set: both,
  landing_site: text,
  location_id: id.nullish(),
  note: text,
  note_attributes: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  email: text,
  phone: text,
  payment_gateway_names: z.array(z.string()).nullish(),
  referring_site: text,
  source_name: text,
  tags: text,
  token: text,
  customer: z
    .object({ ...gid, first_name: text, last_name: text, email: text, phone: text, tags: text })
    .nullish(),
  shipping_address: address.nullish(),
  billing_address: address.nullish(),
  discount_applications: z.array(z.object({ type: z.string(), value: amount })),
  discount_codes: z.array(z.object({ code: z.string(), amount, type: z.string() })).nullish(),
  refunds: z.array(z.object({ id, created_at: moment })),
  fulfillments: z.array(
    z.object({
      id,
      status: text,
      line_items: z.array(z.object({ ...gid, quantity: z.int() })).nullish(),
    }),
  ),
  shipping_lines: z.array(shippingLine),
  line_items: z.array(line).nonempty(),
})
export type WholeOrder = z.infer<typeof WholeOrder>
