import type { Failure } from '../../domain/failure.ts'
import { instantOf } from '../../domain/instant.ts'
import { type AmountReader, amountReader } from '../../domain/money/amount-reader.ts'
import { minorUnits } from '../../domain/money/minor-units.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { type ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import { holdsOf } from './holds.ts'
import type { SoldLine, SoldOrder, SoldShipping, SoldTax } from './sold-order.ts'
import { tendersOf } from './tenders.ts'
import { toPeople } from './to-people.ts'

/**
 * What Shopify sold as the canonical order, from either of its shapes. Fails with `money-mismatch` when an amount
 * has a part smaller than its currency's unit; whether the parts add up is for the ledger to judge.
 */
export function toOrder(connection: ConnectionId, sold: SoldOrder): Result<Order, Failure> {
  const purse = amountReader(sold.currency)
  const tips = tipLines(sold, purse)
  const handed = isHandedOver(sold)
  const lines = sold.lines
    .filter((line) => !tips.includes(line))
    .map((line) => (handed ? overTheCounter(toLine(line, purse)) : toLine(line, purse)))
  const shipping = sold.shipping.map((line) => toShippingLine(line, purse))
  const money = toMoney(sold, { lines, shipping, tips }, purse)
  const tenders = tendersOf(sold, { total: money.total, minor: purse.minor })
  const facilitatedTax = facilitated(sold, purse)
  const refusal = purse.refusal()
  if (refusal) return err(refusal)

  return ok({
    id: OrderId.parse(`${connection.replace('/', '_')}_${sold.id}`),
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
    charges: money.charges,
    discount: money.discount,
    tax: money.tax,
    total: money.total,
    currentTotal: money.currentTotal,
    people: toPeople(sold),
    ...(sold.cancelledAt && { cancelledAt: instantOf(sold.cancelledAt) }),
    ...(sold.cancelReason && { cancelReason: sold.cancelReason }),
    ...tenders,
    ...(facilitatedTax > 0 && { facilitatedTax }),
    ...holdsOf(sold),
    ...presentmentOf(sold),
  })
}

/** What a counter sells without an address to send it to, the buyer takes along. */
const isHandedOver = ({ source, shipTo, shipping }: SoldOrder): boolean =>
  source === 'pos' && shipTo === undefined && shipping.length === 0

const overTheCounter = (line: OrderLine): OrderLine => ({ ...line, fulfilledByChannel: true })

function facilitated({ lines, shipping }: SoldOrder, purse: AmountReader): Minor {
  const minor = (tax: SoldTax): Minor => (tax.facilitated ? purse.minor(tax.amount) : 0)
  const ofPart = ({ taxes }: SoldLine | SoldShipping): Minor => sum(taxes, minor)
  return sum(lines, ofPart) + sum(shipping, ofPart)
}

/** For people only, so an amount that cannot be read is left out. */
function presentmentOf({ currency, presentment }: SoldOrder): Pick<Order, 'presentment'> {
  if (!presentment || presentment.currency === currency) return {}
  const total = minorUnits(presentment.total, presentment.currency)
  return total.ok ? { presentment: { currency: presentment.currency, total: total.value } } : {}
}

function toLine(line: SoldLine, purse: AmountReader): OrderLine {
  const removed = Math.max(0, line.quantity - line.currentQuantity)
  return {
    id: line.id,
    title: line.title,
    quantity: line.quantity,
    removed,
    fulfilled: Math.min(line.fulfilled, line.quantity),
    unitPrice: purse.minor(line.price),
    discount: purse.sum(line.discounts),
    tax: purse.sum(line.taxes),
    giftCard: line.giftCard,
    shippable: line.requiresShipping && !line.giftCard,
    ...(line.sku && { sku: line.sku }),
  }
}

type ShippingLine = Order['shipping'][number]

function toShippingLine(line: SoldShipping, purse: AmountReader): ShippingLine {
  return {
    title: line.title,
    price: purse.minor(line.price),
    discount: purse.sum(line.discounts),
    tax: purse.sum(line.taxes),
    ...(line.code && { code: line.code }),
  }
}

type Money = Pick<Order, 'charges' | 'discount' | 'tax' | 'total' | 'currentTotal'>

interface Parts {
  readonly lines: readonly OrderLine[]
  readonly shipping: readonly ShippingLine[]
  readonly tips: readonly SoldLine[]
}

function toMoney(sold: SoldOrder, { lines, shipping, tips }: Parts, purse: AmountReader): Money {
  const total = purse.minor(sold.total)
  const discounted = sum(lines, discountOf) + sum(shipping, discountOf)
  const taxed = sum(lines, taxOf) + sum(shipping, taxOf)
  const discounts = purse.minor(sold.totalDiscounts)
  // One below nothing cannot be true, which is for the ledger to say.
  const discount = discounts < 0 ? discounts : Math.max(0, discounts - discounted)
  const tax = sold.totalTax === undefined ? 0 : purse.minor(sold.totalTax) - taxed

  const duties = sold.dutiesIncluded ? 0 : purse.sum(sold.duties)
  const fees = purse.minor(sold.fees)
  const goods = sum(lines, ({ unitPrice, quantity }) => unitPrice * quantity)
  const carriage = sum(shipping, ({ price }) => price)
  const withoutTip =
    goods +
    carriage -
    discounted -
    discount +
    duties +
    fees +
    (sold.taxesIncluded ? 0 : taxed + tax)
  const tip = tips.length === 0 && withoutTip === total ? 0 : purse.minor(sold.tip)

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
    currentTotal: sold.currentTotal === undefined ? total : purse.minor(sold.currentTotal),
  }
}

const discountOf = ({ discount }: OrderLine | ShippingLine): Minor => discount
const taxOf = ({ tax }: OrderLine | ShippingLine): Minor => tax

/**
 * A tip left at checkout is also a line, which the GraphQL shape marks in no way: so it is known by its amount
 * among the lines that name no product. It becomes a charge, because no warehouse has a SKU for it.
 */
function tipLines({ lines, tip }: SoldOrder, purse: AmountReader): readonly SoldLine[] {
  const amount = purse.minor(tip)
  if (amount <= 0) return []
  const worth = (some: readonly SoldLine[]): Minor =>
    sum(some, ({ price, quantity }) => purse.minor(price) * quantity)
  const bare = lines.filter((line) => !line.sku && !line.requiresShipping && !line.giftCard)
  if (bare.length === lines.length) return []
  if (worth(bare) === amount) return bare
  return bare.filter((line) => worth([line]) === amount).slice(0, 1)
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

function sum<T>(things: readonly T[], amountOf: (thing: T) => Minor): Minor {
  let all = 0
  for (const thing of things) all += amountOf(thing)
  return all
}
