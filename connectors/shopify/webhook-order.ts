import { z } from 'zod'
import { Currency, KnownCurrency } from '../../schemas/canonical/money.ts'
import { filled, peopleOf } from '../kit/people.ts'
import { Amount, Moment, Text, texts } from '../kit/shapes.ts'
import { idOfGid } from './client.ts'
import type { SoldLine, SoldOrder, SoldTax } from './to-order.ts'

/** Ids pass 2^53: numbers that were beyond arrive here as the digits that were sent. */
export const Id = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/, 'is not an id')])

const Decimal = z.union(
  [Amount, z.number().transform(String).pipe(Amount)],
  'is not a decimal amount',
)
const ShopMoney = z.object({ shop_money: z.object({ amount: Decimal }) })
const Reason = z.object({ reason: z.string() })

const listOf = <T extends z.ZodType>(item: T) => z.array(item).nullish()

const identifiers = { id: Id.nullish(), admin_graphql_api_id: Text }

/** An object that says which one it is, which TypeScript does not see of any shape. */
const named = <T extends z.ZodRawShape>(shape: T) =>
  z
    .object({ ...identifiers, ...shape })
    .refine((one) => identify(one as Named) !== undefined, { path: ['id'], message: 'is missing' })

interface Named {
  readonly id?: number | string | null | undefined
  readonly admin_graphql_api_id?: string | null | undefined
}

/** The GraphQL id wins: senders that passed a body through JavaScript numbers have damaged the plain one. */
export const identify = ({ id, admin_graphql_api_id }: Named): string | undefined =>
  idOfGid(admin_graphql_api_id) ?? (id === null || id === undefined ? undefined : String(id))

/** What is left of a body that grew too large, or was never an order: enough to know which order to fetch. */
export const NamedOrder = named({})

const Address = z.object({
  ...texts('first_name', 'last_name', 'name', 'company', 'address1', 'address2', 'city'),
  ...texts('province', 'province_code', 'zip', 'country_code', 'phone'),
})

const TaxLine = z.object({ price: Decimal, channel_liable: z.boolean().nullish() })
const Allocation = z.object({ amount: Decimal })

const Line = named({
  ...texts('sku', 'name', 'title', 'fulfillment_status'),
  quantity: z.int().nonnegative(),
  current_quantity: z.int().nonnegative().nullish(),
  fulfillable_quantity: z.int().nullish(),
  price: Decimal,
  total_discount: Decimal.nullish(),
  gift_card: z.boolean().nullish(),
  requires_shipping: z.boolean().nullish(),
  discount_allocations: listOf(Allocation),
  tax_lines: listOf(TaxLine),
  duties: listOf(z.object({ shop_money: z.object({ amount: Decimal }).nullish() })),
})
type Line = z.infer<typeof Line>

const ShippingLine = z.object({
  ...texts('title', 'code'),
  price: Decimal,
  is_removed: z.boolean().nullish(),
  discount_allocations: listOf(Allocation),
  tax_lines: listOf(TaxLine),
})

const Fulfillment = z.object({
  status: Text,
  line_items: listOf(z.object({ ...identifiers, quantity: z.int().nullish() })),
})

/** Not part of Shopify's own bodies: their amounts per gateway come with a fetch, or from who puts them in. */
const Transaction = named({
  parent_id: Id.nullish(),
  kind: z.string(),
  status: z.string(),
  gateway: Text,
  amount: Decimal,
})

const Presented = z.object({
  presentment_money: z.object({ amount: Decimal, currency_code: Currency }).nullish(),
})

/** An order as webhooks carry it: the REST shape, only the fields we read of about two hundred. */
export const WebhookOrder = named({
  ...texts('name', 'cancel_reason', 'financial_status', 'source_name', 'email', 'phone', 'note'),
  order_number: z.union([z.int(), z.string()]).nullish(),
  created_at: Moment,
  updated_at: Moment,
  currency: KnownCurrency,
  taxes_included: z.boolean().nullish(),
  duties_included: z.boolean().nullish(),
  test: z.boolean().nullish(),
  cancelled_at: Moment.nullish(),
  fulfillment_holds: listOf(Reason),
  risk: z.object({ recommendation: Text }).nullish(),
  payment_gateway_names: listOf(z.string()),
  transactions: listOf(Transaction),
  total_price: Decimal,
  total_price_set: Presented.nullish().catch(null),
  current_total_price: Decimal.nullish(),
  total_tax: Decimal.nullish(),
  total_discounts: Decimal.nullish(),
  total_tip_received: Decimal.nullish(),
  original_total_duties_set: ShopMoney.nullish(),
  original_total_additional_fees_set: ShopMoney.nullish(),
  line_items: z.array(Line).nonempty(),
  shipping_lines: listOf(ShippingLine),
  fulfillments: listOf(Fulfillment),
  customer: z
    .object({ ...identifiers, ...texts('first_name', 'last_name', 'email', 'phone') })
    .nullish(),
  shipping_address: Address.nullish(),
  billing_address: Address.nullish(),
})
export type WebhookOrder = z.infer<typeof WebhookOrder>

/** A webhook's order in the words both shapes share. */
export function fromWebhook(wire: WebhookOrder): SoldOrder {
  const fulfilled = fulfilledByLine(wire)
  const { customer, shipping_address, original_total_duties_set: duties } = wire
  const presented = wire.total_price_set?.presentment_money
  return {
    id: identify(wire) ?? '',
    number: filled(wire.name) ?? `#${wire.order_number ?? identify(wire)}`,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    currency: wire.currency,
    taxesIncluded: wire.taxes_included ?? false,
    dutiesIncluded: wire.duties_included ?? false,
    test: wire.test ?? false,
    cancelledAt: wire.cancelled_at,
    cancelReason: filled(wire.cancel_reason),
    financialStatus: filled(wire.financial_status),
    source: filled(wire.source_name)?.toLowerCase(),
    holds: wire.fulfillment_holds?.map(({ reason }) => reason.toLowerCase()),
    risk: filled(wire.risk?.recommendation)?.toLowerCase(),
    gateways: wire.payment_gateway_names ?? [],
    payments: (wire.transactions ?? []).map(
      ({ parent_id, kind, status, gateway, amount, ...one }) => ({
        id: identify(one) ?? '',
        parent: parent_id == null ? undefined : String(parent_id),
        kind: kind.toLowerCase(),
        status: status.toLowerCase(),
        gateway: gateway ?? '',
        amount,
      }),
    ),
    total: wire.total_price,
    presentment: presented && { currency: presented.currency_code, total: presented.amount },
    currentTotal: wire.current_total_price,
    totalTax: wire.total_tax,
    totalDiscounts: wire.total_discounts,
    tip: wire.total_tip_received,
    duties: duties
      ? [duties.shop_money]
      : wire.line_items.flatMap((line) =>
          (line.duties ?? []).flatMap(({ shop_money }) => shop_money ?? []),
        ),
    fees: wire.original_total_additional_fees_set?.shop_money.amount,
    lines: wire.line_items.map((line) => fromLine(line, fulfilled)),
    shipping: (wire.shipping_lines ?? [])
      .filter((line) => !line.is_removed)
      .map(({ title, code, price, discount_allocations, tax_lines }) => ({
        title: title ?? '',
        code: filled(code),
        price,
        discounts: discount_allocations ?? [],
        taxes: (tax_lines ?? []).map(fromTax),
      })),
    hasAddress: Boolean(shipping_address),
    people: peopleOf({
      customer: {
        id: customer && identify(customer),
        firstName: customer?.first_name,
        lastName: customer?.last_name,
        email: filled(wire.email) ?? customer?.email,
        phone: filled(wire.phone) ?? customer?.phone,
      },
      shipTo: shipping_address && fromAddress(shipping_address),
      billTo: wire.billing_address && fromAddress(wire.billing_address),
      note: wire.note,
    }),
  }
}

function fromLine(line: Line, fulfilled: ReadonlyMap<string | undefined, number>): SoldLine {
  const { quantity, price, discount_allocations, total_discount } = line
  const id = identify(line) ?? ''
  const currentQuantity = Math.min(quantity, line.current_quantity ?? quantity)
  return {
    id,
    sku: filled(line.sku),
    title: filled(line.name) ?? filled(line.title) ?? '',
    quantity,
    currentQuantity,
    fulfilled: Math.max(fulfilled.get(id) ?? 0, fulfilledByStatus(line, currentQuantity)),
    price,
    discounts: discount_allocations ?? (total_discount ? [{ amount: total_discount }] : []),
    taxes: (line.tax_lines ?? []).map(fromTax),
    giftCard: line.gift_card ?? false,
    requiresShipping: line.requires_shipping ?? true,
  }
}

const fromTax = ({ price, channel_liable }: z.infer<typeof TaxLine>): SoldTax => ({
  amount: price,
  facilitated: channel_liable === true,
})

const fromAddress = ({ zip, ...wire }: z.infer<typeof Address>) => ({
  ...wire,
  firstName: wire.first_name,
  lastName: wire.last_name,
  provinceCode: wire.province_code,
  postalCode: zip,
  countryCode: wire.country_code,
})

/** Units per line in fulfilments that stand. */
function fulfilledByLine({ fulfillments }: WebhookOrder): ReadonlyMap<string | undefined, number> {
  const units = new Map<string | undefined, number>()
  for (const { status, line_items } of fulfillments ?? []) {
    if (status && undone.has(status)) continue
    for (const line of line_items ?? []) {
      const id = identify(line)
      units.set(id, (units.get(id) ?? 0) + (line.quantity ?? 0))
    }
  }
  return units
}

const undone: ReadonlySet<string> = new Set(['cancelled', 'error', 'failure'])

/** What the line says of itself, for bodies without fulfilments; removed units were not fulfilled. */
function fulfilledByStatus(line: Line, currentQuantity: number): number {
  if (line.fulfillment_status === 'fulfilled') return currentQuantity
  if (line.fulfillment_status !== 'partial') return 0
  return Math.max(0, currentQuantity - (line.fulfillable_quantity ?? currentQuantity))
}
