import type { Failure } from '../../domain/failure.ts'
import { instantOf } from '../../domain/instant.ts'
import { type AmountReader, amountReader } from '../../domain/money/amount-reader.ts'
import { minorUnits } from '../../domain/money/minor-units.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Hold, Order, OrderLine, People } from '../../schemas/canonical/order.ts'

type Maybe<T> = T | null | undefined

/**
 * An order in the words that both of Shopify's shapes share, so that one mapping serves both.
 * Amounts are decimal strings in the shop's currency; kinds, statuses and reasons are lower case.
 */
export interface SoldOrder {
  readonly id: string
  readonly number: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly currency: string
  readonly taxesIncluded: boolean
  readonly dutiesIncluded: boolean
  readonly test: boolean
  readonly cancelledAt: Maybe<string>
  readonly cancelReason: Maybe<string>
  readonly financialStatus: Maybe<string>
  /** For example `web` or `pos`. */
  readonly source: Maybe<string>
  /** Why fulfilment is on hold: `FulfillmentHoldReason`. Absent where the message does not say. */
  readonly holds: Maybe<readonly string[]>
  /** What is recommended because of the risk of fraud, or `high`. Absent where the message does not say. */
  readonly risk: Maybe<string>
  readonly gateways: readonly string[]
  readonly payments: readonly SoldPayment[]
  readonly total: string
  /** The total in the buyer's currency. */
  readonly presentment: Maybe<{ readonly currency: string; readonly total: string }>
  readonly currentTotal: Maybe<string>
  readonly totalTax: Maybe<string>
  readonly totalDiscounts: Maybe<string>
  readonly tip: Maybe<string>
  readonly duties: readonly SoldAmount[]
  readonly fees: Maybe<string>
  readonly lines: readonly SoldLine[]
  readonly shipping: readonly SoldShipping[]
  /** Whether there is an address to ship to, complete or not. */
  readonly hasAddress: boolean
  readonly people: People
}

interface SoldShipping {
  readonly title: string
  readonly code?: Maybe<string>
  readonly price: string
  readonly discounts: readonly SoldAmount[]
  readonly taxes: readonly SoldTax[]
}

export interface SoldLine extends Omit<SoldShipping, 'code'> {
  readonly id: string
  readonly sku: Maybe<string>
  readonly quantity: number
  readonly currentQuantity: number
  readonly fulfilled: number
  readonly giftCard: boolean
  readonly requiresShipping: boolean
}

interface SoldAmount {
  readonly amount: string
}

export interface SoldTax extends SoldAmount {
  /** The channel that sold it collects this tax and pays it over. */
  readonly facilitated: boolean
}

interface SoldPayment extends SoldAmount {
  readonly id: string
  readonly parent: Maybe<string>
  readonly kind: string
  readonly status: string
  readonly gateway: string
}

/**
 * What Shopify sold as the canonical order, from either of its shapes. Fails with `money-mismatch` when an amount
 * has a part smaller than its currency's unit; whether the parts add up is for the ledger to judge.
 */
export function toOrder(connection: ConnectionId, sold: SoldOrder): Result<Order, Failure> {
  const amounts = amountReader(sold.currency)
  const tips = tipLines(sold, amounts)
  // What a counter sells without an address to send it to, the buyer takes along.
  const isHandedOver = sold.source === 'pos' && !sold.hasAddress && sold.shipping.length === 0
  const lines = sold.lines
    .filter((line) => !tips.includes(line))
    .map((line) => toLine(line, amounts))
    .map((line) => (isHandedOver ? { ...line, fulfilledByChannel: true } : line))
  const shipping = sold.shipping.map(({ code, ...line }) => ({
    title: line.title,
    ...worthOf(line, amounts),
    ...(code && { code }),
  }))
  const money = toMoney(sold, { lines, shipping, hasTips: tips.length > 0 }, amounts)
  const tenders = tendersOf(sold, money.total, amounts)
  const facilitatedTax = amounts.sum(
    [...sold.lines, ...sold.shipping].flatMap((part) =>
      part.taxes.filter((tax) => tax.facilitated),
    ),
  )
  const refusal = amounts.refusal()
  if (refusal) return err(refusal)

  return ok({
    id: orderIdOf(connection, sold.id),
    connection,
    channelOrderId: sold.id,
    number: sold.number,
    // The shop's own offset on webhooks, Z in GraphQL.
    version: instantOf(sold.updatedAt),
    placedAt: instantOf(sold.createdAt),
    currency: sold.currency,
    taxesIncluded: sold.taxesIncluded,
    test: sold.test,
    payment: payments.get(sold.financialStatus ?? '') ?? 'pending',
    // The wire schemas refuse an order without lines.
    lines: lines as [OrderLine, ...OrderLine[]],
    shipping,
    ...money,
    people: sold.people,
    ...(sold.cancelledAt && { cancelledAt: instantOf(sold.cancelledAt) }),
    ...(sold.cancelReason && { cancelReason: sold.cancelReason }),
    ...(tenders.length > 0 && { tenders }),
    ...(facilitatedTax > 0 && { facilitatedTax }),
    ...holdsOf(sold),
    ...presentmentOf(sold),
  })
}

const payments: ReadonlyMap<string, Order['payment']> = new Map([
  ['pending', 'pending'],
  ['expired', 'pending'],
  ['authorized', 'authorized'],
  ['partially_paid', 'authorized'],
  ['paid', 'paid'],
  ['partially_refunded', 'paid'],
  ['refunded', 'refunded'],
  ['voided', 'voided'],
])

/** For people only, so an amount that cannot be read is left out. */
function presentmentOf({ currency, presentment }: SoldOrder): Pick<Order, 'presentment'> {
  if (!presentment || presentment.currency === currency) return {}
  const total = minorUnits(presentment.total, presentment.currency)
  return total.ok ? { presentment: { currency: presentment.currency, total: total.value } } : {}
}

const toLine = (line: SoldLine, amounts: AmountReader): OrderLine => {
  const { price: unitPrice, ...worth } = worthOf(line, amounts)
  return {
    id: line.id,
    title: line.title,
    quantity: line.quantity,
    removed: Math.max(0, line.quantity - line.currentQuantity),
    fulfilled: Math.min(line.fulfilled, line.quantity),
    unitPrice,
    ...worth,
    giftCard: line.giftCard,
    shippable: line.requiresShipping && !line.giftCard,
    ...(line.sku && { sku: line.sku }),
  }
}

const worthOf = ({ price, discounts, taxes }: SoldShipping, amounts: AmountReader) => ({
  price: amounts.minor(price),
  discount: amounts.sum(discounts),
  tax: amounts.sum(taxes),
})

type Money = Pick<Order, 'charges' | 'discount' | 'tax' | 'total' | 'currentTotal'>

interface Parts {
  readonly lines: readonly OrderLine[]
  readonly shipping: Order['shipping']
  /** The tip is a line, too. */
  readonly hasTips: boolean
}

function toMoney(
  sold: SoldOrder,
  { lines, shipping, hasTips }: Parts,
  amounts: AmountReader,
): Money {
  const total = amounts.minor(sold.total)
  const parts = [...lines, ...shipping]
  const discounted = sum(parts, ({ discount }) => discount)
  const taxed = sum(parts, ({ tax }) => tax)
  const discounts = amounts.minor(sold.totalDiscounts)
  // One below nothing cannot be true, which is for the ledger to say.
  const discount = discounts < 0 ? discounts : Math.max(0, discounts - discounted)
  const tax = sold.totalTax == null ? 0 : amounts.minor(sold.totalTax) - taxed

  const duties = sold.dutiesIncluded ? 0 : amounts.sum(sold.duties)
  const fees = amounts.minor(sold.fees)
  const goods = sum(lines, ({ unitPrice, quantity }) => unitPrice * quantity)
  const carriage = sum(shipping, ({ price }) => price)
  const onTop = duties + fees + (sold.taxesIncluded ? 0 : taxed + tax)
  const withoutTip = goods + carriage - discounted - discount + onTop
  const tip = !hasTips && withoutTip === total ? 0 : amounts.minor(sold.tip)

  const charges = [
    { kind: 'tip', title: 'Tip', amount: tip },
    { kind: 'duty', title: 'Duties', amount: duties },
    { kind: 'fee', title: 'Additional fees', amount: fees },
  ] as const
  return {
    charges: charges.filter(({ amount }) => amount !== 0),
    discount,
    tax,
    total,
    currentTotal: sold.currentTotal == null ? total : amounts.minor(sold.currentTotal),
  }
}

/**
 * A tip left at checkout is also a line, which the GraphQL shape marks in no way: so it is known by its amount
 * among the lines that name no product. It becomes a charge, because no warehouse has a SKU for it.
 */
function tipLines({ lines, tip }: SoldOrder, amounts: AmountReader): readonly SoldLine[] {
  const amount = amounts.minor(tip)
  if (amount <= 0) return []
  const worth = ({ price, quantity }: SoldLine): Minor => amounts.minor(price) * quantity
  const bare = lines.filter((line) => !line.sku && !line.requiresShipping && !line.giftCard)
  if (bare.length === lines.length) return []
  if (sum(bare, worth) === amount) return bare
  return bare.filter((line) => worth(line) === amount).slice(0, 1)
}

type Tender = NonNullable<Order['tenders']>[number]

/**
 * How the order was or will be paid. One gateway pays it all, as far as it is paid; what each of several pays is in
 * the payments alone, so that without them nothing is said.
 */
function tendersOf(
  { gateways, payments }: SoldOrder,
  total: Minor,
  amounts: AmountReader,
): Tender[] {
  if (gateways.length === 1) {
    return total > 0 ? gateways.map((method) => ({ method, amount: total })) : []
  }
  const voided = new Set(payments.flatMap(({ kind, parent }) => (kind === 'void' ? parent : [])))
  const sums = new Map<string, Minor>()
  for (const { id, kind, status, gateway, amount } of payments) {
    const sign = signs.get(kind)
    if (sign === undefined || voided.has(id) || !standing.has(status)) continue
    sums.set(gateway, (sums.get(gateway) ?? 0) + sign * amounts.minor(amount))
  }
  return [...sums].flatMap(([method, amount]) => (amount > 0 ? [{ method, amount }] : []))
}

/** A capture is part of its authorization, and a refund is not how an order was paid. */
const signs: ReadonlyMap<string, number> = new Map([
  ['sale', 1],
  ['authorization', 1],
  ['emv_authorization', 1],
  ['change', -1],
])

const standing: ReadonlySet<string> = new Set(['success', 'pending', 'awaiting_response'])

/**
 * Why the shop wants what is left to be shipped to wait; nothing of it when a webhook's body does not say, because then what
 * a fetch has seen still holds. Staff's notes about it may name people, so they stay there.
 */
function holdsOf({ cancelledAt, lines, holds, risk }: SoldOrder): Pick<Order, 'holds'> {
  if (cancelledAt || !lines.some(waits)) return { holds: [] }
  if (holds == null && risk == null) return {}
  const all = (holds ?? []).map((reason): Hold => {
    const { kind, what } = reasons.get(reason) ?? {
      kind: 'other' as const,
      what: reason.replaceAll('_', ' '),
    }
    return { kind, reason: `fulfilment is on hold at Shopify: ${what}` }
  })
  // `high` is what assessments say, `cancel` what is recommended because of them.
  if (risk === 'cancel' || risk === 'high') all.push(fraud)
  return { holds: [...new Map(all.map((hold) => [hold.reason, hold])).values()] }
}

const waits = ({ requiresShipping, giftCard, currentQuantity, fulfilled }: SoldLine): boolean =>
  requiresShipping && !giftCard && currentQuantity > fulfilled

const fraud: Hold = {
  kind: 'fraud',
  reason: 'Shopify finds the risk of fraud high: review the order there',
}

interface Reason {
  readonly kind: Hold['kind']
  readonly what: string
}

/** Of Shopify's `FulfillmentHoldReason` those that are a kind of their own. */
const reasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['awaiting_payment', { kind: 'payment', what: 'payment is awaited' }],
  ['high_risk_of_fraud', { kind: 'fraud', what: 'the risk of fraud is high' }],
  ['incorrect_address', { kind: 'address', what: 'the address is incorrect' }],
])

const sum = <T>(things: readonly T[], amountOf: (thing: T) => Minor): Minor =>
  things.reduce((all, thing) => all + amountOf(thing), 0)
