import type { AmountReader } from '../../domain/money/amount-reader.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { OrderLine } from '../../schemas/canonical/order.ts'
import { over, shipped } from './standing.ts'
import type { WireFee, WireLine, WireTakenBack, WireTax } from './wire.ts'

/** A line as it was sold, with the parts of it that the canonical order keeps elsewhere. */
export interface ReadLine {
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
export function readLine(wire: WireLine, purse: AmountReader): ReadLine {
  const isOver = over.has(wire.order_line_state)
  const back = totalOf(wire.cancelations, purse)
  const refunded = totalOf(wire.refunds, purse)
  const sold = asSold(wire.order_line_state)
  const goods = sold(purse.minor(wire.price), back.amount)
  const quantity = quantityOf(wire, { goods, cancelled: back.quantity, purse })
  const removed = isOver ? quantity : Math.min(quantity, back.quantity + refunded.quantity)
  const tax = purse.sum(wire.taxes)
  const shippingTax = purse.sum(wire.shipping_taxes)
  return {
    line: {
      id: wire.order_line_id,
      ...(wire.offer_sku && { sku: wire.offer_sku }),
      title: wire.product_title ?? '',
      quantity,
      removed,
      fulfilled: hasLeft(wire) ? Math.max(0, quantity - back.quantity) : 0,
      ...priceOf(wire, { goods, quantity, purse }),
      tax: sold(tax, back.tax),
      giftCard: false,
      shippable: true,
      ...taxCodeOf(wire),
    },
    shipping: sold(purse.minor(wire.shipping_price), back.shipping),
    shippingTax: sold(shippingTax, back.shippingTax),
    fees: feesOf(wire, sold, purse),
    facilitatedTax: facilitated(wire, purse),
    missing: missingOf(wire, back, purse),
    currentTax: isOver ? 0 : tax + shippingTax,
    refunded: {
      amount: refunded.amount + refunded.shipping + refunded.fees,
      tax: refunded.tax + refunded.shippingTax,
    },
  }
}

interface TakenBack {
  readonly quantity: number
  readonly amount: Minor
  readonly shipping: Minor
  readonly tax: Minor
  readonly shippingTax: Minor
  readonly fees: Minor
}

function totalOf(parts: readonly WireTakenBack[], purse: AmountReader): TakenBack {
  const sum = (of: (part: WireTakenBack) => number) => parts.reduce((all, one) => all + of(one), 0)
  return {
    quantity: sum((part) => part.quantity ?? 0),
    amount: sum((part) => purse.minor(part.amount)),
    shipping: sum((part) => purse.minor(part.shipping_amount)),
    tax: sum((part) => purse.sum(part.taxes)),
    shippingTax: sum((part) => purse.sum(part.shipping_taxes)),
    fees: sum((part) => purse.sum(part.fees)),
  }
}

type Sold = (now: Minor, cancelled: Minor) => Minor

/** What an amount was when it was sold. A cancelled line was seen with its amounts at zero, and may keep them elsewhere. */
function asSold(state: string): Sold {
  return state === 'CANCELED'
    ? (now, cancelled) => Math.max(now, cancelled)
    : (now, cancelled) => now + cancelled
}

interface Goods {
  readonly goods: Minor
  readonly purse: AmountReader
}

/** Whether a cancelation takes its units out of `quantity` is not documented, so the unit price tells. */
function quantityOf(
  wire: WireLine,
  { goods, cancelled, purse }: Goods & { readonly cancelled: number },
): number {
  const { quantity, order_line_state, promotions } = wire
  // What a cancelation says of units may be missing; what had a price was one at least.
  if (over.has(order_line_state)) return Math.max(quantity, cancelled, goods === 0 ? 0 : 1)
  const deduced = promotions.reduce((all, one) => all + purse.minor(one.deduced_amount), 0)
  const unit = unitOf(wire, purse)
  const fits = (units: number) => [goods, goods + deduced].includes((unit ?? 0) * units)
  return !fits(quantity) && fits(quantity + cancelled) ? quantity + cancelled : quantity
}

/**
 * The line's `price` is what counts. The unit price is Mirakl's where units of it reach that far, and what is left of it
 * is discount; where it is finer than the currency, it is rounded up.
 */
function priceOf(
  wire: WireLine,
  { goods, quantity, purse }: Goods & { readonly quantity: number },
): Pick<OrderLine, 'unitPrice' | 'discount'> {
  const said = unitOf(wire, purse) ?? 0
  const enough = said * quantity >= goods
  const unitPrice = enough ? said : Math.ceil(goods / Math.max(1, quantity))
  return { unitPrice, discount: unitPrice * quantity - goods }
}

/** Operators may sell by units finer than the currency's; such a price is none that an order can carry. */
function unitOf({ price_unit }: WireLine, { exact }: AmountReader): Minor | undefined {
  return price_unit ? exact(price_unit) : undefined
}

const hasLeft = ({ order_line_state, shipped_date }: WireLine): boolean =>
  Boolean(shipped_date) || shipped.has(order_line_state)

function taxCodeOf({ taxes }: WireLine): Pick<OrderLine, 'taxCode'> {
  const [first, ...others] = new Set(taxes.map(({ code }) => code))
  return first && others.length === 0 ? { taxCode: first } : {}
}

function feesOf(wire: WireLine, sold: Sold, purse: AmountReader): ReadLine['fees'] {
  const back = wire.cancelations.flatMap(({ fees }) => fees)
  const codes = new Set([...wire.fees, ...back].map(({ code }) => code))
  const worth = (fees: readonly WireFee[], code: string) =>
    purse.sum(fees.filter((fee) => fee.code === code))
  return [...codes].map((code) => ({
    code,
    amount: sold(worth(wire.fees, code), worth(back, code)),
  }))
}

/** The operator keeps what the buyer is debited and the shop is not paid; only told with "advanced features". */
function facilitated(wire: WireLine, purse: AmountReader): Minor {
  const taxes: readonly WireTax[] = [wire, ...wire.cancelations].flatMap((part) => [
    ...part.taxes,
    ...part.shipping_taxes,
  ])
  const parts = taxes.flatMap(({ amount_breakdown }) => amount_breakdown?.parts ?? [])
  return purse.sum(
    parts.filter(
      (part) => part.payable_to_shop === false && part.debitable_from_customer !== false,
    ),
  )
}

function missingOf(wire: WireLine, back: TakenBack, purse: AmountReader): Minor {
  const cancelled = back.amount + back.shipping + back.fees
  return over.has(wire.order_line_state)
    ? asSold(wire.order_line_state)(purse.minor(wire.total_price), cancelled)
    : cancelled
}
