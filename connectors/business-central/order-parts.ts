import type { Subject, SubjectLine } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { share } from '../../domain/money/minor-units.ts'
import { adjustments } from '../../domain/order/adjustments.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import { short } from './marks.ts'
import type { BusinessCentralSettings } from './settings.ts'

/** One line of a sales order, before it is Business Central's: worth `quantity` times `unit`, less `discount`. */
export interface Part {
  /** Names the part within its order, the same whenever the order is read again. */
  readonly key: string
  readonly kind: 'goods' | keyof BusinessCentralSettings['charges']
  readonly title: string
  readonly quantity: number
  readonly unit: Minor
  readonly discount: Minor
  /** The channel's tax on it, inside the price or on top as the order says. */
  readonly tax: Minor
  /** Of goods, as the channel calls it. */
  readonly sku?: string
  readonly line?: OrderLine
}

/**
 * What remains of an order as parts that, with the tax on top, add up to its total. Fails with `missing-sku` when goods
 * cannot be named, and with `money-mismatch` when they do not and nobody agreed to that.
 */
export function orderParts(
  subject: Pick<Subject, 'order' | 'lines' | 'agreed'>,
): Result<readonly Part[], Failure> {
  const { order, lines } = subject
  const kept = keptLines(order, lines)
  const nameless = kept.find(
    ({ line, units, components }) =>
      units > 0 && !line.sku && !line.giftCard && components.length === 0,
  )
  if (nameless) return err(except('missing-sku', `line ${nameless.line.id} has no SKU`))
  const parts = [
    ...kept.filter(({ units }) => units > 0).flatMap(linesOf),
    ...order.shipping.map(({ title, price, discount, tax }, n) => ({
      ...one('shipping', `~shipping${n + 1}`, title),
      unit: price,
      discount,
      tax,
    })),
    ...order.charges.map(({ kind, title, amount }, n) => ({
      ...one(kind, `~${kind}${n + 1}`, title),
      unit: amount,
    })),
    { ...one('discount', '~discount', 'Discount'), unit: -order.discount },
  ]
    .flatMap(withoutExcess)
    .filter(
      (part) => part.sku || part.kind === 'giftCard' || amountOf(part) !== 0 || part.tax !== 0,
    )
  const besides = adjustments(subject, totalOf(order, parts))
  if (!besides.ok) return besides
  return ok([
    ...parts,
    ...besides.value.map(({ key, title, amount }) => ({
      ...one('discount', key, title),
      unit: amount,
    })),
  ])
}

export const amountOf = ({
  quantity,
  unit,
  discount,
}: Pick<Part, 'quantity' | 'unit' | 'discount'>): Minor => quantity * unit - discount

/** What the buyer pays for the parts. */
export const totalOf = (order: Order, parts: readonly Part[]): Minor =>
  add(parts.map(amountOf)) + taxOnTop(order, parts)

/** Tax that is not inside the prices. */
export const taxOnTop = (order: Order, parts: readonly Part[]): Minor =>
  order.taxesIncluded ? 0 : order.tax + add(parts.map(({ tax }) => tax))

/** A price per unit, in whole minor units, and the discount that makes it exactly the amount. */
export function spread(
  amount: Minor,
  quantity: number,
): { readonly unit: Minor; readonly discount: Minor } {
  const unit = Math.ceil(amount / quantity)
  return { unit, discount: unit * quantity - amount }
}

interface Kept {
  readonly line: OrderLine
  readonly units: number
  readonly components: NonNullable<SubjectLine['components']>
}

function keptLines(order: Order, lines: Subject['lines']): readonly Kept[] {
  const told = new Map(lines.map((line) => [line.id, line]))
  return order.lines.map((line) => {
    const { quantity: units = 0, components = [] } = told.get(line.id) ?? {}
    return { line, units, components }
  })
}

/** A bundle that the system knows by its components is sold for the price of the first of them. */
function linesOf({ line, units, components }: Kept): readonly Part[] {
  const whole: Part = {
    key: short(line.id),
    kind: line.sku ? 'goods' : 'giftCard',
    title: line.title,
    quantity: units,
    unit: line.unitPrice,
    discount: share(line.discount, units, line.quantity),
    tax: share(line.tax, units, line.quantity),
    ...(line.sku && { sku: line.sku }),
    line,
  }
  return components.length === 0
    ? [whole]
    : components.map(({ sku, quantity }, n) => ({
        ...whole,
        key: `${whole.key}/${n + 1}`,
        kind: 'goods',
        sku,
        quantity: units * quantity,
        tax: n === 0 ? whole.tax : 0,
        ...(n === 0 ? spread(amountOf(whole), units * quantity) : { unit: 0, discount: 0 }),
      }))
}

const one = (kind: Part['kind'], key: string, title: string): Part => ({
  key,
  kind,
  title,
  quantity: 1,
  unit: 0,
  discount: 0,
  tax: 0,
})

/** A line's discount is at most the line: what is more is a line of its own. */
function withoutExcess(part: Part): readonly Part[] {
  const worth = Math.max(0, part.quantity * part.unit)
  const excess = part.discount - worth
  if (excess <= 0) return [part]
  const rest = one('discount', `${part.key}~discount`, `Discount on ${part.title}`)
  return [
    { ...part, discount: worth },
    { ...rest, unit: -excess },
  ]
}

const add = (amounts: readonly Minor[]): Minor => amounts.reduce((sum, amount) => sum + amount, 0)
