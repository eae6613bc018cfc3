import { z } from 'zod'
import { Currency, KnownCurrency } from '../../schemas/canonical/money.ts'
import { idOfGid } from './sold-order.ts'

/** Ids pass 2^53: numbers that were beyond arrive here as the digits that were sent. */
const Id = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/, 'is not an id')])
const Text = z.string().nullish()
const Moment = z.iso.datetime({ offset: true })
const noDecimal = 'is not a decimal amount'
const Digits = z.string().regex(/^-?\d{1,13}(?:\.\d*)?$/, noDecimal)
const Decimal = z.union([Digits, z.number().transform(String).pipe(Digits)], noDecimal)
const ShopMoney = z.object({ shop_money: z.object({ amount: Decimal }) })
const named = {
  id: Id.nullish(),
  admin_graphql_api_id: Text,
}

const isNamed = ({ id, admin_graphql_api_id }: Named): boolean =>
  (id !== null && id !== undefined) || idOfGid(admin_graphql_api_id) !== undefined
const unnamed = { path: ['id'], message: 'is missing' }

const TaxLine = z.object({ price: Decimal, channel_liable: z.boolean().nullish() })
const Allocation = z.object({ amount: Decimal })

const Address = z.object({
  first_name: Text,
  last_name: Text,
  name: Text,
  company: Text,
  address1: Text,
  address2: Text,
  city: Text,
  province: Text,
  province_code: Text,
  zip: Text,
  country_code: Text,
  phone: Text,
})

const Line = z
  .object({
    ...named,
    sku: Text,
    name: Text,
    title: Text,
    quantity: z.int().nonnegative(),
    current_quantity: z.int().nonnegative().nullish(),
    fulfillable_quantity: z.int().nullish(),
    fulfillment_status: Text,
    price: Decimal,
    total_discount: Decimal.nullish(),
    gift_card: z.boolean().nullish(),
    requires_shipping: z.boolean().nullish(),
    discount_allocations: z.array(Allocation).nullish(),
    tax_lines: z.array(TaxLine).nullish(),
    duties: z.array(z.object({ shop_money: z.object({ amount: Decimal }).nullish() })).nullish(),
  })
  .refine(isNamed, unnamed)

const ShippingLine = z.object({
  title: Text,
  code: Text,
  price: Decimal,
  is_removed: z.boolean().nullish(),
  discount_allocations: z.array(Allocation).nullish(),
  tax_lines: z.array(TaxLine).nullish(),
})

const Fulfillment = z.object({
  status: Text,
  line_items: z.array(z.object({ ...named, quantity: z.int().nullish() })).nullish(),
})

/** Not part of Shopify's own bodies: their amounts per gateway come with a fetch, or from who puts them in. */
const Transaction = z
  .object({
    ...named,
    parent_id: Id.nullish(),
    kind: z.string(),
    status: z.string(),
    gateway: Text,
    amount: Decimal,
  })
  .refine(isNamed, unnamed)

const Presented = z.object({
  presentment_money: z.object({ amount: Decimal, currency_code: Currency }).nullish(),
})

/** An order as webhooks carry it: the REST shape, only the fields we read of about two hundred. */
export const WebhookOrder = z
  .object({
    ...named,
    name: Text,
    order_number: z.union([z.int(), z.string()]).nullish(),
    created_at: Moment,
    updated_at: Moment,
    currency: KnownCurrency,
    taxes_included: z.boolean().nullish(),
    duties_included: z.boolean().nullish(),
    test: z.boolean().nullish(),
    cancelled_at: Moment.nullish(),
    cancel_reason: Text,
    financial_status: Text,
    source_name: Text,
    fulfillment_holds: z.array(z.object({ reason: z.string() })).nullish(),
    risk: z.object({ recommendation: Text }).nullish(),
    payment_gateway_names: z.array(z.string()).nullish(),
    transactions: z.array(Transaction).nullish(),
    total_price: Decimal,
    total_price_set: Presented.nullish().catch(null),
    current_total_price: Decimal.nullish(),
    total_tax: Decimal.nullish(),
    total_discounts: Decimal.nullish(),
    total_tip_received: Decimal.nullish(),
    original_total_duties_set: ShopMoney.nullish(),
    original_total_additional_fees_set: ShopMoney.nullish(),
    line_items: z.array(Line).nonempty(),
    shipping_lines: z.array(ShippingLine).nullish(),
    fulfillments: z.array(Fulfillment).nullish(),
    customer: z
      .object({ ...named, first_name: Text, last_name: Text, email: Text, phone: Text })
      .nullish(),
    email: Text,
    phone: Text,
    note: Text,
    shipping_address: Address.nullish(),
    billing_address: Address.nullish(),
  })
  .refine(isNamed, unnamed)
export type WebhookOrder = z.infer<typeof WebhookOrder>

/** What is left of a body that grew too large, or was never an order: enough to know which order to fetch. */
export const NamedOrder = z.object(named).refine(isNamed, unnamed)
export const RefundBody = z.object({ order_id: Id })
export const FulfilmentOrderBody = z.object({
  fulfillment_order: z.object({
    id: z.string().regex(/^gid:\/\/shopify\/FulfillmentOrder\/\d+$/, 'is not a fulfilment order'),
  }),
})
/** Recordings lack the order's id, documentation shows it (read 2026-11-21). */
export const RiskBody = z.object({ order_id: Id.nullish(), admin_graphql_api_order_id: Text })
export const OrderEditBody = z.object({ order_edit: RefundBody })

const shop = { shop_id: Id, shop_domain: z.string() }
const Customer = z.object({ id: Id })

/** https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance, read 2026-11-21 as third parties repeat it. */
export const DataRequestBody = z.object({
  ...shop,
  customer: Customer,
  orders_requested: z.array(Id),
  data_request: Customer,
})
export const CustomerRedactBody = z.object({
  ...shop,
  customer: Customer,
  orders_to_redact: z.array(Id),
})
/** Nothing else may be in it: the other two have these fields as well. */
export const ShopRedactBody = z.strictObject(shop)

interface Named {
  readonly id?: number | string | null
  readonly admin_graphql_api_id?: string | null
}

/** The GraphQL id wins: senders that passed a body through JavaScript numbers have damaged the plain one. */
export const identify = ({ id, admin_graphql_api_id }: Named): string | undefined =>
  idOfGid(admin_graphql_api_id) ?? (id === null || id === undefined ? undefined : String(id))
