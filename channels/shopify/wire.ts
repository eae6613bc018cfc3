import { z } from 'zod'
import { Currency } from '../../schemas/canonical/money.ts'
import { filled, idOfGid, type SoldAddress, type SoldLine, type SoldOrder } from './sold-order.ts'

/** Ids pass 2^53: numbers that were beyond arrive here as the digits that were sent. */
const Id = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/, 'is not an id')])
const Text = z.string().nullish()
const Moment = z.iso.datetime({ offset: true })
const Decimal = z.preprocess(
  (amount) => (typeof amount === 'number' ? String(amount) : amount),
  z.string().regex(/^-?\d{1,13}(\.\d*)?$/, 'is not a decimal amount'),
)
const ShopMoney = z.object({ shop_money: z.object({ amount: Decimal }) })
const named = {
  id: Id.nullish(),
  admin_graphql_api_id: Text,
}

const isNamed = (thing: Named): boolean => identify(thing) !== undefined
const unnamed = { path: ['id'], message: 'is missing' }

const TaxLine = z.object({ price: Decimal })
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

/** An order as webhooks carry it: the REST shape, only the fields we read of about two hundred. */
export const WebhookOrder = z
  .object({
    ...named,
    name: Text,
    order_number: z.union([z.int(), z.string()]).nullish(),
    created_at: Moment,
    updated_at: Moment,
    currency: Currency,
    taxes_included: z.boolean().nullish(),
    duties_included: z.boolean().nullish(),
    test: z.boolean().nullish(),
    cancelled_at: Moment.nullish(),
    cancel_reason: Text,
    financial_status: Text,
    total_price: Decimal,
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
export const OrderEditBody = z.object({ order_edit: RefundBody })

interface Named {
  readonly id?: number | string | null
  readonly admin_graphql_api_id?: string | null
}

/** The GraphQL id wins: senders that passed a body through JavaScript numbers have damaged the plain one. */
export const identify = ({ id, admin_graphql_api_id }: Named): string | undefined =>
  idOfGid(admin_graphql_api_id) ?? (id === null || id === undefined ? undefined : String(id))

/** A webhook's order in the words both shapes share. */
export function fromWebhook(wire: WebhookOrder): SoldOrder {
  const fulfilled = fulfilledByLine(wire)
  const duties = wire.original_total_duties_set
    ? [wire.original_total_duties_set.shop_money.amount]
    : wire.line_items.flatMap((line) => line.duties ?? []).map((duty) => duty.shop_money?.amount)
  return {
    id: identify(wire) ?? '',
    number: filled(wire.name) ?? `#${wire.order_number ?? identify(wire)}`,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    currency: wire.currency,
    taxesIncluded: wire.taxes_included ?? false,
    dutiesIncluded: wire.duties_included ?? false,
    test: wire.test ?? false,
    cancelledAt: wire.cancelled_at ?? undefined,
    cancelReason: filled(wire.cancel_reason),
    financialStatus: filled(wire.financial_status),
    total: wire.total_price,
    currentTotal: wire.current_total_price ?? undefined,
    totalTax: wire.total_tax ?? undefined,
    totalDiscounts: wire.total_discounts ?? undefined,
    tip: wire.total_tip_received ?? undefined,
    duties: duties.filter((amount) => amount !== undefined),
    fees: wire.original_total_additional_fees_set?.shop_money.amount,
    lines: wire.line_items.map((line) => fromLine(line, fulfilled)),
    shipping: (wire.shipping_lines ?? [])
      .filter((line) => !line.is_removed)
      .map((line) => ({
        title: line.title ?? '',
        code: filled(line.code),
        price: line.price,
        discounts: (line.discount_allocations ?? []).map(({ amount }) => amount),
        taxes: (line.tax_lines ?? []).map(({ price }) => price),
      })),
    ...(wire.customer && {
      customer: {
        id: identify(wire.customer),
        firstName: filled(wire.customer.first_name),
        lastName: filled(wire.customer.last_name),
        email: filled(wire.customer.email),
        phone: filled(wire.customer.phone),
      },
    }),
    email: filled(wire.email),
    phone: filled(wire.phone),
    note: filled(wire.note),
    shipTo: fromAddress(wire.shipping_address),
    billTo: fromAddress(wire.billing_address),
  }
}

function fromLine(
  line: z.infer<typeof Line>,
  fulfilled: ReadonlyMap<string | undefined, number>,
): SoldLine {
  const id = identify(line) ?? ''
  const currentQuantity = Math.min(line.quantity, line.current_quantity ?? line.quantity)
  const discounts = line.discount_allocations?.map(({ amount }) => amount)
  return {
    id,
    sku: filled(line.sku),
    title: filled(line.name) ?? filled(line.title) ?? '',
    quantity: line.quantity,
    currentQuantity,
    fulfilled: Math.max(fulfilled.get(id) ?? 0, fulfilledByStatus(line, currentQuantity)),
    price: line.price,
    discounts: discounts ?? (line.total_discount ? [line.total_discount] : []),
    taxes: (line.tax_lines ?? []).map(({ price }) => price),
    giftCard: line.gift_card ?? false,
    requiresShipping: line.requires_shipping ?? true,
  }
}

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
function fulfilledByStatus(line: z.infer<typeof Line>, currentQuantity: number): number {
  if (line.fulfillment_status === 'fulfilled') return currentQuantity
  if (line.fulfillment_status !== 'partial') return 0
  return Math.max(0, currentQuantity - (line.fulfillable_quantity ?? currentQuantity))
}

const fromAddress = (wire: z.infer<typeof Address> | null | undefined): SoldAddress | undefined =>
  wire
    ? {
        firstName: filled(wire.first_name),
        lastName: filled(wire.last_name),
        name: filled(wire.name),
        company: filled(wire.company),
        address1: filled(wire.address1),
        address2: filled(wire.address2),
        city: filled(wire.city),
        province: filled(wire.province),
        provinceCode: filled(wire.province_code),
        zip: filled(wire.zip),
        countryCode: filled(wire.country_code),
        phone: filled(wire.phone),
      }
    : undefined
