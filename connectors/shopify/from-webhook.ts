import {
  filled,
  type SoldAddress,
  type SoldAmount,
  type SoldLine,
  type SoldOrder,
  type SoldPayment,
  type SoldTax,
} from './sold-order.ts'
import { identify, type WebhookOrder } from './wire.ts'

type Line = WebhookOrder['line_items'][number]
type Transaction = NonNullable<WebhookOrder['transactions']>[number]
type Address = NonNullable<WebhookOrder['shipping_address']>

/** A webhook's order in the words both shapes share. */
export function fromWebhook(wire: WebhookOrder): SoldOrder {
  const fulfilled = fulfilledByLine(wire)
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
    source: filled(wire.source_name)?.toLowerCase(),
    holds: wire.fulfillment_holds?.map(({ reason }) => reason.toLowerCase()),
    risk: filled(wire.risk?.recommendation)?.toLowerCase(),
    gateways: wire.payment_gateway_names ?? [],
    payments: (wire.transactions ?? []).map(fromTransaction),
    total: wire.total_price,
    presentment: presented(wire),
    currentTotal: wire.current_total_price ?? undefined,
    totalTax: wire.total_tax ?? undefined,
    totalDiscounts: wire.total_discounts ?? undefined,
    tip: wire.total_tip_received ?? undefined,
    duties: dutiesOf(wire),
    fees: wire.original_total_additional_fees_set?.shop_money.amount,
    lines: wire.line_items.map((line) => fromLine(line, fulfilled)),
    shipping: (wire.shipping_lines ?? [])
      .filter((line) => !line.is_removed)
      .map((line) => ({
        title: line.title ?? '',
        code: filled(line.code),
        price: line.price,
        discounts: line.discount_allocations ?? [],
        taxes: taxesOf(line),
      })),
    email: filled(wire.email),
    phone: filled(wire.phone),
    note: filled(wire.note),
    shipTo: fromAddress(wire.shipping_address),
    billTo: fromAddress(wire.billing_address),
    ...(wire.customer && {
      customer: {
        id: identify(wire.customer),
        firstName: filled(wire.customer.first_name),
        lastName: filled(wire.customer.last_name),
        email: filled(wire.customer.email),
        phone: filled(wire.customer.phone),
      },
    }),
  }
}

function fromLine(line: Line, fulfilled: ReadonlyMap<string | undefined, number>): SoldLine {
  const id = identify(line) ?? ''
  const currentQuantity = Math.min(line.quantity, line.current_quantity ?? line.quantity)
  return {
    id,
    sku: filled(line.sku),
    title: filled(line.name) ?? filled(line.title) ?? '',
    quantity: line.quantity,
    currentQuantity,
    fulfilled: Math.max(fulfilled.get(id) ?? 0, fulfilledByStatus(line, currentQuantity)),
    price: line.price,
    discounts:
      line.discount_allocations ?? (line.total_discount ? [{ amount: line.total_discount }] : []),
    taxes: taxesOf(line),
    giftCard: line.gift_card ?? false,
    requiresShipping: line.requires_shipping ?? true,
  }
}

const taxesOf = ({ tax_lines }: Pick<Line, 'tax_lines'>): readonly SoldTax[] =>
  (tax_lines ?? []).map(({ price, channel_liable }) => ({
    amount: price,
    facilitated: channel_liable === true,
  }))

const dutiesOf = ({
  original_total_duties_set,
  line_items,
}: WebhookOrder): readonly SoldAmount[] =>
  original_total_duties_set
    ? [original_total_duties_set.shop_money]
    : line_items.flatMap(({ duties }) => duties ?? []).flatMap(({ shop_money }) => shop_money ?? [])

const presented = ({ total_price_set }: WebhookOrder): SoldOrder['presentment'] => {
  const money = total_price_set?.presentment_money
  return money ? { currency: money.currency_code, total: money.amount } : undefined
}

const fromTransaction = (wire: Transaction): SoldPayment => ({
  id: identify(wire) ?? '',
  ...(wire.parent_id != null && { parent: String(wire.parent_id) }),
  kind: wire.kind.toLowerCase(),
  status: wire.status.toLowerCase(),
  gateway: wire.gateway ?? '',
  amount: wire.amount,
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

const fromAddress = (wire: Address | null | undefined): SoldAddress | undefined =>
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
