import fc from 'fast-check'
import { decimal } from '../../domain/money/minor-units.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'

interface Invented {
  readonly currency: string
  readonly taxesIncluded: boolean
  readonly lines: readonly InventedLine[]
  readonly shipping: readonly InventedShipping[]
  readonly tip: number
  readonly tipIsLine: boolean
  readonly duties: number
  readonly fees: number
  readonly unallocatedDiscount: number
  readonly unallocatedTax: number
}

interface InventedLine {
  readonly quantity: number
  readonly removed: number
  readonly fulfilled: number
  readonly price: number
  readonly discounts: readonly number[]
  readonly taxes: readonly number[]
  readonly kind: 'goods' | 'gift card' | 'download'
}

interface InventedShipping {
  readonly price: number
  readonly discounts: readonly number[]
  readonly taxes: readonly number[]
  readonly removed: boolean
}

const cents = fc.integer({ min: 0, max: 1_000_000 })
const few = <T>(arbitrary: fc.Arbitrary<T>, maxLength = 3) => fc.array(arbitrary, { maxLength })

const line: fc.Arbitrary<InventedLine> = fc
  .record({
    quantity: fc.integer({ min: 1, max: 9 }),
    removed: fc.nat(9),
    fulfilled: fc.nat(9),
    price: cents,
    discounts: few(cents),
    taxes: few(cents),
    kind: fc.constantFrom('goods' as const, 'gift card' as const, 'download' as const),
  })
  .map(({ removed, fulfilled, ...rest }) => {
    const gone = Math.min(removed, rest.quantity)
    return { ...rest, removed: gone, fulfilled: Math.min(fulfilled, rest.quantity - gone) }
  })

const invented: fc.Arbitrary<Invented> = fc.record({
  currency: fc.constantFrom('USD', 'JPY', 'KWD'),
  taxesIncluded: fc.boolean(),
  lines: fc.array(line, { minLength: 1, maxLength: 5 }),
  shipping: few(
    fc.record({ price: cents, discounts: few(cents), taxes: few(cents), removed: fc.boolean() }),
  ),
  tip: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000 })),
  tipIsLine: fc.boolean(),
  duties: fc.oneof(fc.constant(0), cents),
  fees: fc.oneof(fc.constant(0), cents),
  unallocatedDiscount: fc.oneof(fc.constant(0), cents),
  unallocatedTax: fc.oneof(fc.constant(0), cents),
})

/** Webhook bodies whose parts add up to their total by Shopify's own rules, in currencies of 0, 2 and 3 decimals. */
export const orderBodies: fc.Arbitrary<string> = invented.map((order) =>
  JSON.stringify(toBody(order)),
)

function toBody(order: Invented) {
  const amount = (minor: number) => written(minor, order.currency)
  const set = (minor: number) => ({ shop_money: { amount: amount(minor) } })
  const allocations = (minors: readonly number[]) =>
    minors.map((minor) => ({ amount: amount(minor) }))
  const taxLines = (minors: readonly number[]) =>
    minors.map((minor) => ({ title: 'Tax', price: amount(minor) }))
  const shipping = order.shipping.filter(({ removed }) => !removed)
  const parts = [...order.lines, ...shipping]
  const tax = sum(parts.flatMap(({ taxes }) => taxes)) + order.unallocatedTax
  const discount = sum(parts.flatMap(({ discounts }) => discounts)) + order.unallocatedDiscount
  const total =
    sum(order.lines.map(({ price, quantity }) => price * quantity)) +
    sum(shipping.map(({ price }) => price)) +
    (order.taxesIncluded ? 0 : tax) +
    order.tip +
    order.duties +
    order.fees -
    discount
  return {
    id: 5600000099001,
    name: '#1099',
    created_at: '2026-11-02T09:15:00-05:00',
    updated_at: '2026-11-02T09:15:04-05:00',
    currency: order.currency,
    taxes_included: order.taxesIncluded,
    financial_status: 'paid',
    total_price: amount(total),
    total_tax: amount(tax),
    total_discounts: amount(discount),
    total_tip_received: amount(order.tip),
    original_total_duties_set: order.duties === 0 ? null : set(order.duties),
    original_total_additional_fees_set: order.fees === 0 ? null : set(order.fees),
    line_items: [
      ...order.lines.map((item, index) => ({
        id: 1400000000001 + index,
        sku: `SKU-${index}`,
        title: `Thing ${index}`,
        quantity: item.quantity,
        current_quantity: item.quantity - item.removed,
        fulfillable_quantity: item.quantity - item.removed - item.fulfilled,
        fulfillment_status: statusOf(item),
        price: amount(item.price),
        gift_card: item.kind === 'gift card',
        requires_shipping: item.kind === 'goods',
        discount_allocations: allocations(item.discounts),
        tax_lines: taxLines(item.taxes),
      })),
      ...(order.tip > 0 && order.tipIsLine ? [tipLine(amount(order.tip))] : []),
    ],
    shipping_lines: order.shipping.map((item) => ({
      title: 'Standard',
      price: amount(item.price),
      is_removed: item.removed,
      discount_allocations: allocations(item.discounts),
      tax_lines: taxLines(item.taxes),
    })),
  }
}

function statusOf({ fulfilled, quantity, removed }: InventedLine): string | null {
  if (fulfilled === 0) return null
  return fulfilled === quantity - removed ? 'fulfilled' : 'partial'
}

const tipLine = (price: string) => ({
  id: 1499999999999,
  sku: null,
  title: 'Tip',
  quantity: 1,
  price,
  gift_card: false,
  requires_shipping: false,
})

/** As Shopify writes it: two decimals also where the currency has none. */
function written(minor: number, currency: string): string {
  const text = decimal(minor, currency)
  return exponentOf(currency) === 0 ? `${text}.00` : text
}

const sum = (minors: readonly number[]): number => minors.reduce((all, minor) => all + minor, 0)
