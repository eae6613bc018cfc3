import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { share } from '../../domain/money/minor-units.ts'
import { adjustments } from '../../domain/order/adjustments.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'

/** One line of a sales order, before it is NetSuite's. `amount` is `quantity` times `unit`. */
export interface Part {
  /** The same for the same thing whenever the order is written: by it a line of the sales order is known again. */
  readonly key: string
  readonly kind: 'goods' | 'gift-card' | 'discount' | 'shipping' | 'tax' | 'tip' | 'duty' | 'fee'
  readonly title: string
  readonly quantity: number
  readonly unit: Minor
  readonly amount: Minor
  /** Of goods and gift cards. */
  readonly line?: OrderLine
}

/**
 * What remains of an order as parts that add up to its total. Fails with `missing-sku` when goods cannot be named,
 * and with `money-mismatch` when they do not and nobody agreed to that.
 */
export function orderParts(
  subject: Pick<Subject, 'order' | 'lines' | 'agreed'>,
): Result<readonly Part[], Failure> {
  const { order, lines } = subject
  const kept = keptLines(order, lines)
  const nameless = kept.find(({ line, units }) => units > 0 && !line.sku && !line.giftCard)
  if (nameless) return err(except('missing-sku', `line ${nameless.line.id} has no SKU`))

  const parts = [
    ...kept.flatMap(goodsAndDiscount),
    ...order.shipping.flatMap(({ title, price, discount }, i) => [
      one('shipping', price, { key: `~shipping-${i + 1}`, title }),
      one('discount', -discount, {
        key: `~shipping-discount-${i + 1}`,
        title: `Discount on ${title}`,
      }),
    ]),
    ...order.charges.map(({ kind, title, amount }, i) =>
      one(kind, amount, { key: `~${kind}-${i + 1}`, title }),
    ),
    one('discount', -order.discount, { key: '~discount', title: 'Discount' }),
    one('tax', order.taxesIncluded ? 0 : taxOf(order, kept), { key: '~tax', title: 'Tax' }),
  ].filter(({ quantity, amount, line }) => (line ? quantity > 0 : amount !== 0))

  const besides = adjustments(subject, sum(parts))
  if (!besides.ok) return besides
  return ok([
    ...parts,
    ...besides.value.map(({ amount, ...about }) => one('discount', amount, about)),
  ])
}

export const sum = (parts: readonly Pick<Part, 'amount'>[]): Minor =>
  parts.reduce((total, { amount }) => total + amount, 0)

interface Kept {
  readonly line: OrderLine
  readonly units: number
}

function keptLines(order: Order, lines: Subject['lines']): readonly Kept[] {
  const units = new Map(lines.map(({ id, quantity }) => [id, quantity]))
  return order.lines.map((line) => ({ line, units: units.get(line.id) ?? 0 }))
}

function goodsAndDiscount({ line, units }: Kept): readonly Part[] {
  const { id, title, unitPrice: unit, discount, quantity } = line
  return [
    {
      key: id,
      kind: line.giftCard ? 'gift-card' : 'goods',
      title,
      quantity: units,
      unit,
      amount: unit * units,
      line,
    },
    one('discount', -share(discount, units, quantity), {
      key: `~discount-${id}`,
      title: `Discount on ${title}`,
    }),
  ]
}

const taxOf = (order: Order, kept: readonly Kept[]): Minor =>
  order.tax +
  order.shipping.reduce((total, { tax }) => total + tax, 0) +
  kept.reduce((total, { line, units }) => total + share(line.tax, units, line.quantity), 0)

const one = (
  kind: Part['kind'],
  amount: Minor,
  { key, title }: Pick<Part, 'key' | 'title'>,
): Part => ({
  key,
  kind,
  title,
  quantity: 1,
  unit: amount,
  amount,
})
