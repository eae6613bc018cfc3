import type { Failure } from '../../domain/failure.ts'
import { minorUnits } from '../../domain/money.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { type ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import { holdsOf } from './holds.ts'
import type { SoldLine, SoldOrder, SoldShipping } from './sold-order.ts'
import { tendersOf } from './tenders.ts'
import { toPeople } from './to-people.ts'

/**
 * What Shopify sold as the canonical order, from either of its shapes. Fails with `money-mismatch` when an amount
 * has a part smaller than its currency's unit; whether the parts add up is for the ledger to judge.
 */
export function toOrder(connection: ConnectionId, sold: SoldOrder): Result<Order, Failure> {
  const purse = openPurse(sold.currency)
  const tips = tipLines(sold, purse)
  const handed = isHandedOver(sold)
  const lines = sold.lines
    .filter((line) => !tips.includes(line))
    .map((line) => (handed ? overTheCounter(toLine(line, purse)) : toLine(line, purse)))
  const shipping = sold.shipping.map((line) => toShippingLine(line, purse))
  const money = {
    ...toMoney(sold, { lines, shipping, tips }, purse),
    ...tendersOf(sold, { total: purse.minor(sold.total), minor: purse.minor }),
    ...facilitated(sold, purse),
  }
  if (purse.refusal) return err(purse.refusal)

  return ok({
    id: OrderId.parse(`${connection.replace('/', '_')}_${sold.id}`),
    connection,
    channelOrderId: sold.id,
    number: sold.number,
    version: instant(sold.updatedAt),
    placedAt: instant(sold.createdAt),
    currency: sold.currency,
    taxesIncluded: sold.taxesIncluded,
    test: sold.test,
    ...(sold.cancelledAt && { cancelledAt: instant(sold.cancelledAt) }),
    ...(sold.cancelReason && { cancelReason: sold.cancelReason }),
    payment: payments.get(sold.financialStatus ?? '') ?? 'pending',
    // The wire schemas refuse an order without lines.
    lines: lines as [OrderLine, ...OrderLine[]],
    shipping,
    ...money,
    ...holdsOf(sold),
    ...presentmentOf(sold),
    people: toPeople(sold),
  })
}

/** What a counter sells without an address to send it to, the buyer takes along. */
const isHandedOver = ({ source, shipTo, shipping }: SoldOrder): boolean =>
  source === 'pos' && shipTo === undefined && shipping.length === 0

const overTheCounter = (line: OrderLine): OrderLine => ({ ...line, fulfilledByChannel: true })

function facilitated({ lines, shipping }: SoldOrder, purse: Purse): Pick<Order, 'facilitatedTax'> {
  const taxes = [...lines, ...shipping].flatMap((part) => part.taxes)
  const tax = purse.sum(taxes.filter((line) => line.facilitated).map(({ amount }) => amount))
  return tax > 0 ? { facilitatedTax: tax } : {}
}

/** For people only, so an amount that cannot be read is left out. */
function presentmentOf({ currency, presentment }: SoldOrder): Pick<Order, 'presentment'> {
  if (!presentment || presentment.currency === currency) return {}
  const total = minorUnits(presentment.total, presentment.currency)
  return total.ok ? { presentment: { currency: presentment.currency, total: total.value } } : {}
}

function toLine(line: SoldLine, purse: Purse): OrderLine {
  const removed = Math.max(0, line.quantity - line.currentQuantity)
  return {
    id: line.id,
    ...(line.sku && { sku: line.sku }),
    title: line.title,
    quantity: line.quantity,
    removed,
    fulfilled: Math.min(line.fulfilled, line.quantity),
    unitPrice: purse.minor(line.price),
    discount: purse.sum(line.discounts),
    tax: purse.sum(line.taxes.map(({ amount }) => amount)),
    giftCard: line.giftCard,
    shippable: line.requiresShipping && !line.giftCard,
  }
}

type ShippingLine = Order['shipping'][number]

function toShippingLine(line: SoldShipping, purse: Purse): ShippingLine {
  return {
    title: line.title,
    ...(line.code && { code: line.code }),
    price: purse.minor(line.price),
    discount: purse.sum(line.discounts),
    tax: purse.sum(line.taxes.map(({ amount }) => amount)),
  }
}

type Money = Pick<Order, 'charges' | 'discount' | 'tax' | 'total' | 'currentTotal'>

interface Parts {
  readonly lines: readonly OrderLine[]
  readonly shipping: readonly ShippingLine[]
  readonly tips: readonly SoldLine[]
}

function toMoney(sold: SoldOrder, { lines, shipping, tips }: Parts, purse: Purse): Money {
  const total = purse.minor(sold.total)
  const discounted = sum([...lines, ...shipping].map((part) => part.discount))
  const taxed = sum([...lines, ...shipping].map((part) => part.tax))
  const discount = Math.max(0, purse.minor(sold.totalDiscounts) - discounted)
  const tax = sold.totalTax === undefined ? 0 : purse.minor(sold.totalTax) - taxed

  const duties = sold.dutiesIncluded ? 0 : purse.sum(sold.duties)
  const fees = purse.minor(sold.fees)
  const goods = sum(lines.map(({ unitPrice, quantity }) => unitPrice * quantity))
  const carriage = sum(shipping.map(({ price }) => price))
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
    charges: charges.filter(({ amount }) => amount > 0),
    discount,
    tax,
    total,
    currentTotal: sold.currentTotal === undefined ? total : purse.minor(sold.currentTotal),
  }
}

/**
 * A tip left at checkout is also a line, which the GraphQL shape marks in no way: so it is known by its amount
 * among the lines that name no product. It becomes a charge, because no warehouse has a SKU for it.
 */
function tipLines({ lines, tip }: SoldOrder, purse: Purse): readonly SoldLine[] {
  const amount = purse.minor(tip)
  const worth = (some: readonly SoldLine[]): Minor =>
    sum(some.map(({ price, quantity }) => purse.minor(price) * quantity))
  const bare = lines.filter((line) => !line.sku && !line.requiresShipping && !line.giftCard)
  if (amount <= 0 || bare.length === lines.length) return []
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

/** Reads amounts of one currency and keeps the first one that it had to refuse. */
interface Purse {
  minor(decimal: string | undefined): Minor
  sum(decimals: readonly string[]): Minor
  readonly refusal: Failure | undefined
}

function openPurse(currency: Currency): Purse {
  let refusal: Failure | undefined
  const minor = (decimal = '0'): Minor => {
    const amount = minorUnits(decimal, currency)
    if (amount.ok) return amount.value
    refusal ??= amount.error
    return 0
  }
  return {
    minor,
    sum: (decimals) => sum(decimals.map((decimal) => minor(decimal))),
    get refusal() {
      return refusal
    },
  }
}

const sum = (amounts: readonly Minor[]): Minor => amounts.reduce((all, amount) => all + amount, 0)

/** Shopify writes the shop's own offset on webhooks and Z in GraphQL. */
const instant = (text: string): Instant => new Date(text).toISOString()
