import type { Failure } from '../../domain/failure.ts'
import { instantOf } from '../../domain/instant.ts'
import { type AmountReader, amountReader } from '../../domain/money/amount-reader.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import { over, shipped, standingOf } from './states.ts'
import { toPeople } from './to-people.ts'
import type { WireFee, WireLine, WireOrder, WireTakenBack } from './wire.ts'

/**
 * What a marketplace sold as the canonical order. The commission is between the operator and the shop and no part of it.
 * Fails with `money-mismatch` when an amount has a part smaller than its currency's unit; whether the parts add up is
 * for the ledger to judge.
 */
export function toOrder(connection: ConnectionId, wire: WireOrder): Result<Order, Failure> {
  const amounts = amountReader(wire.currency_iso_code)
  const read = wire.order_lines.map((line) => readLine(line, amounts))
  const money = toMoney(wire, read, amounts)
  const refusal = amounts.refusal()
  if (refusal) return err(refusal)

  // Any centre but the default one is the operator's own.
  const byOperator = (wire.fulfillment?.center?.code || ownCenter) !== ownCenter
  const lines = read.map(({ line }) => (byOperator ? { ...line, fulfilledByChannel: true } : line))
  return ok({
    id: orderIdOf(connection, wire.order_id),
    connection,
    channelOrderId: wire.order_id,
    number: wire.order_id,
    version: instantOf(wire.last_updated_date),
    placedAt: instantOf(wire.created_date),
    currency: wire.currency_iso_code,
    taxesIncluded: wire.order_tax_mode === 'TAX_INCLUDED',
    test: false,
    ...standingOf(wire),
    // The wire schema refuses an order without lines.
    lines: lines as Order['lines'],
    ...money,
    people: toPeople(wire),
  })
}

/** Where the shop fulfils by itself. */
export const ownCenter = 'DEFAULT'

type Money = Pick<
  Order,
  'shipping' | 'charges' | 'discount' | 'tax' | 'total' | 'currentTotal' | 'facilitatedTax'
>

/** `total_price` is what is left after refusals and cancelations, before refunds; prices with tax have it inside. */
function toMoney(wire: WireOrder, read: readonly ReadLine[], amounts: AmountReader): Money {
  const sum = (of: (line: ReadLine) => Minor) => read.reduce((all, line) => all + of(line), 0)
  const onTop = (tax: Minor) => (wire.order_tax_mode === 'TAX_EXCLUDED' ? tax : 0)
  const currentTax = sum((line) => line.currentTax)
  // With "order level tax calculation" rounding leaves a rest between the order's taxes and the lines'.
  const taxes = wire.order_taxes.map(({ total_amount: amount }) => ({ amount }))
  const tax = taxes.length === 0 ? 0 : amounts.sum(taxes) - currentTax
  const taxSold = tax + sum((one) => one.line.tax + one.shippingTax)
  const left = amounts.minor(wire.total_price)
  const facilitatedTax = sum((line) => line.facilitatedTax)
  return {
    shipping: [
      {
        title: wire.shipping_type_label ?? '',
        ...(wire.shipping_type_code && { code: wire.shipping_type_code }),
        price: sum((line) => line.shipping),
        discount: 0,
        tax: sum((line) => line.shippingTax),
      },
    ],
    charges: chargesOf(read),
    discount: 0,
    tax,
    total: left + sum((line) => line.missing) + onTop(taxSold),
    currentTotal:
      left + onTop(tax + currentTax) - sum(({ refunded }) => refunded.amount + onTop(refunded.tax)),
    ...(facilitatedTax > 0 && { facilitatedTax }),
  }
}

/** Fees that the buyer pays, such as a deposit: one charge for each code. */
function chargesOf(read: readonly ReadLine[]): Money['charges'] {
  const fees = new Map<string, Minor>()
  for (const { code, amount } of read.flatMap((line) => line.fees)) {
    fees.set(code, (fees.get(code) ?? 0) + amount)
  }
  return [...fees].flatMap(([title, amount]) =>
    amount === 0 ? [] : [{ kind: 'fee' as const, title, amount }],
  )
}

/** A line as it was sold, with the parts of it that the canonical order keeps elsewhere. */
interface ReadLine {
  readonly line: OrderLine
  readonly shipping: Minor
  readonly shippingTax: Minor
  readonly fees: readonly { readonly code: string; readonly amount: Minor }[]
  readonly facilitatedTax: Minor
  /** What the order's `total_price` lacks of it, because it was refused or cancelled; without tax. */
  readonly missing: Minor
  /** Tax that is still due, and everything that was paid back. */
  readonly currentTax: Minor
  readonly refunded: { readonly amount: Minor; readonly tax: Minor }
}

/**
 * Mirakl takes what was cancelled out of a line's amounts and lists it under `cancelations`; a refused line keeps its
 * amounts, and so does a refunded one. Here both become the line as it was sold, and units that were taken back.
 */
function readLine(wire: WireLine, amounts: AmountReader): ReadLine {
  const isOver = over.has(wire.order_line_state)
  const back = totalOf(wire.cancelations, amounts)
  const refunded = totalOf(wire.refunds, amounts)
  const sold = asSold(wire.order_line_state)
  const goods = sold(amounts.minor(wire.price), back.amount)
  const unit = unitOf(wire, amounts)
  const quantity = quantityOf(wire, { goods, unit, cancelled: back.quantity, amounts })
  // Where units of Mirakl's price do not reach the line's, it is finer than the currency and rounded up.
  const unitPrice = unit * quantity >= goods ? unit : Math.ceil(goods / Math.max(1, quantity))
  const tax = amounts.sum(wire.taxes)
  const shippingTax = amounts.sum(wire.shipping_taxes)
  const [taxCode, ...otherCodes] = new Set(wire.taxes.map(({ code }) => code))
  const hasLeft = Boolean(wire.shipped_date) || shipped.has(wire.order_line_state)
  const cancelled = back.amount + back.shipping + back.fees
  return {
    line: {
      id: wire.order_line_id,
      ...(wire.offer_sku && { sku: wire.offer_sku }),
      title: wire.product_title ?? '',
      quantity,
      removed: isOver ? quantity : Math.min(quantity, back.quantity + refunded.quantity),
      fulfilled: hasLeft ? Math.max(0, quantity - back.quantity) : 0,
      unitPrice,
      // The line's `price` is what counts.
      discount: unitPrice * quantity - goods,
      tax: sold(tax, back.tax),
      giftCard: false,
      shippable: true,
      ...(taxCode && otherCodes.length === 0 && { taxCode }),
    },
    shipping: sold(amounts.minor(wire.shipping_price), back.shipping),
    shippingTax: sold(shippingTax, back.shippingTax),
    fees: feesOf(wire, sold, amounts),
    facilitatedTax: facilitated(wire, amounts),
    missing: isOver ? sold(amounts.minor(wire.total_price), cancelled) : cancelled,
    currentTax: isOver ? 0 : tax + shippingTax,
    refunded: {
      amount: refunded.amount + refunded.shipping + refunded.fees,
      tax: refunded.tax + refunded.shippingTax,
    },
  }
}

function totalOf(parts: readonly WireTakenBack[], amounts: AmountReader) {
  const sum = (of: (part: WireTakenBack) => number) => parts.reduce((all, one) => all + of(one), 0)
  return {
    quantity: sum((part) => part.quantity ?? 0),
    amount: sum((part) => amounts.minor(part.amount)),
    shipping: sum((part) => amounts.minor(part.shipping_amount)),
    tax: sum((part) => amounts.sum(part.taxes)),
    shippingTax: sum((part) => amounts.sum(part.shipping_taxes)),
    fees: sum((part) => amounts.sum(part.fees)),
  }
}

/** What an amount was when it was sold. A cancelled line was seen with its amounts at zero, and may keep them elsewhere. */
const asSold = (state: string) => (now: Minor, cancelled: Minor) =>
  state === 'CANCELED' ? Math.max(now, cancelled) : now + cancelled

interface Goods {
  readonly goods: Minor
  readonly unit: Minor
  readonly cancelled: number
  readonly amounts: AmountReader
}

/** Whether a cancelation takes its units out of `quantity` is not documented, so the unit price tells. */
function quantityOf(wire: WireLine, { goods, unit, cancelled, amounts }: Goods): number {
  const { quantity, order_line_state, promotions } = wire
  // What a cancelation says of units may be missing; what had a price was one at least.
  if (over.has(order_line_state)) return Math.max(quantity, cancelled, goods === 0 ? 0 : 1)
  const deduced = promotions.reduce((all, one) => all + amounts.minor(one.deduced_amount), 0)
  const fits = (units: number) => [goods, goods + deduced].includes(unit * units)
  return !fits(quantity) && fits(quantity + cancelled) ? quantity + cancelled : quantity
}

/** Operators may sell by units finer than the currency's; such a price is none that an order can carry. */
const unitOf = ({ price_unit }: WireLine, { exact }: AmountReader): Minor =>
  (price_unit && exact(price_unit)) || 0

function feesOf(wire: WireLine, sold: ReturnType<typeof asSold>, amounts: AmountReader) {
  const back = wire.cancelations.flatMap(({ fees }) => fees)
  const worth = (fees: readonly WireFee[], code: string) =>
    amounts.sum(fees.filter((fee) => fee.code === code))
  return [...new Set([...wire.fees, ...back].map(({ code }) => code))].map((code) => ({
    code,
    amount: sold(worth(wire.fees, code), worth(back, code)),
  }))
}

/** The operator keeps what the buyer is debited and the shop is not paid; only told with "advanced features". */
function facilitated(wire: WireLine, amounts: AmountReader): Minor {
  const taxes = [wire, ...wire.cancelations].flatMap((part) => [
    ...part.taxes,
    ...part.shipping_taxes,
  ])
  const parts = taxes.flatMap(({ amount_breakdown }) => amount_breakdown?.parts ?? [])
  return amounts.sum(
    parts.filter(
      (part) => part.payable_to_shop === false && part.debitable_from_customer !== false,
    ),
  )
}
