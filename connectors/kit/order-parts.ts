import type { NameKind, Subject, SubjectLine } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { decimal, share } from '../../domain/money/minor-units.ts'
import { named } from '../../domain/names.ts'
import { adjustments } from '../../domain/order/adjustments.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'

/** One line of a document, before it is a vendor's: worth `quantity` times `unit`, less `discount`. */
export interface Part {
  /** The same for the same thing whenever the order is read: a line's id, `<line>/1` for its component, or `~shipping-1` and the like. */
  readonly key: string
  readonly kind: 'goods' | 'giftCard' | 'discount' | 'shipping' | 'tip' | 'duty' | 'fee' | 'tax'
  readonly title: string
  readonly quantity: number
  readonly unit: Minor
  readonly discount: Minor
  /** The channel's tax on it, inside the price or on top as the order says. */
  readonly tax: Minor
  /** Of goods, as the channel calls them. */
  readonly sku?: string
  /** Of goods and gift cards. */
  readonly line?: OrderLine
}

export interface OrderParts {
  /** What remains of lines, shipping, charges and the order's own discount. */
  readonly parts: readonly Part[]
  /** What the document needs besides so that its total is the channel's. */
  readonly adjustments: readonly Part[]
  /** Tax that is not inside the prices. */
  readonly taxOnTop: Minor
  /** What the buyer pays. */
  readonly total: Minor
}

/**
 * What remains of an order as parts that, with the tax on top, add up to its total. Fails with `missing-sku` when goods cannot
 * be named, and with `money-mismatch` when they do not and nobody agreed to that.
 * @param bundles `components` where the system knows some bundles by these alone
 */
export function orderParts(
  subject: Pick<Subject, 'order' | 'lines' | 'agreed'>,
  bundles: 'whole' | 'components',
): Result<OrderParts, Failure> {
  const { order } = subject
  const kept = keptLines(subject, bundles)
  const nameless = kept.find(
    ({ line, components }) => !line.sku && !line.giftCard && components.length === 0,
  )
  if (nameless) return err(except('missing-sku', `line ${nameless.line.id} has no SKU`))
  const parts = [
    ...kept.flatMap(partsOf),
    ...order.shipping.map(({ title, price: unit, discount, tax }, n) =>
      extra('shipping', { key: `~shipping-${n + 1}`, title, unit, discount, tax }),
    ),
    ...order.charges.map(({ kind, title, amount: unit }, n) =>
      extra(kind, { key: `~${kind}-${n + 1}`, title, unit }),
    ),
    extra('discount', { key: '~discount', title: 'Discount', unit: -order.discount }),
  ].filter(({ line, unit, discount, tax }) => line || unit !== 0 || discount !== 0 || tax !== 0)
  const taxOnTop = order.taxesIncluded ? 0 : order.tax + sum(parts.map(({ tax }) => tax))
  const total = sum(parts.map(amountOf)) + taxOnTop
  const besides = adjustments(subject, total)
  if (!besides.ok) return besides
  const added = besides.value.map(({ key, title, amount: unit }) =>
    extra('discount', { key, title, unit }),
  )
  return ok({ parts, adjustments: added, taxOnTop, total: total + sum(added.map(amountOf)) })
}

/** A part that is no line of the order. */
export const extra = (
  kind: Part['kind'],
  about: Pick<Part, 'key' | 'title' | 'unit'> & Partial<Part>,
): Part => ({ kind, quantity: 1, discount: 0, tax: 0, ...about })

export const amountOf = (part: Pick<Part, 'quantity' | 'unit' | 'discount'>): Minor =>
  part.quantity * part.unit - part.discount

/** A price per unit, in whole minor units, and the discount that makes it exactly the amount. */
export function spread(amount: Minor, quantity: number): Pick<Part, 'unit' | 'discount'> {
  const unit = Math.ceil(amount / quantity)
  return { unit, discount: unit * quantity - amount }
}

/** JSON has one kind of number: the shortest text of this one is the decimal it was made from, up to 15 digits. */
export const numberOf = (minor: Minor, currency: Currency): number =>
  Number(decimal(minor, currency))

/** What the connection calls it, where it calls it something of its own. */
export function ownName(
  subject: Subject,
  kind: NameKind,
  code: string | undefined,
): string | undefined {
  const name = code === undefined ? undefined : named(subject, kind, code)
  return name === code ? undefined : name
}

interface Kept {
  readonly line: OrderLine
  readonly units: number
  readonly components: NonNullable<SubjectLine['components']>
}

function keptLines(
  { order, lines }: { readonly order: Order; readonly lines: Subject['lines'] },
  bundles: 'whole' | 'components',
): readonly Kept[] {
  const asked = new Map(lines.map((line) => [line.id, line]))
  return order.lines
    .map((line): Kept => {
      const { quantity: units = 0, components = [] } = asked.get(line.id) ?? {}
      return { line, units, components: bundles === 'components' ? components : [] }
    })
    .filter(({ units }) => units > 0)
}

/** A bundle that the system knows by its components is sold for the price of the first of them. */
function partsOf({ line, units, components }: Kept): readonly Part[] {
  const whole: Part = {
    key: line.id,
    kind: line.sku ? 'goods' : 'giftCard',
    title: line.title,
    quantity: units,
    unit: line.unitPrice,
    discount: share(line.discount, units, line.quantity),
    tax: share(line.tax, units, line.quantity),
    ...(line.sku && { sku: line.sku }),
    line,
  }
  if (components.length === 0) return [whole]
  return components.map(({ sku, quantity }, n) => ({
    ...whole,
    key: `${line.id}/${n + 1}`,
    kind: 'goods',
    sku,
    quantity: units * quantity,
    tax: n === 0 ? whole.tax : 0,
    ...(n === 0 ? spread(amountOf(whole), units * quantity) : { unit: 0, discount: 0 }),
  }))
}

const sum = (amounts: readonly Minor[]): Minor =>
  amounts.reduce((total, amount) => total + amount, 0)
