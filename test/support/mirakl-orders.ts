import fc from 'fast-check'
import { decimal } from '../../domain/money/minor-units.ts'
import { text } from './fixtures.ts'

const cents = fc.integer({ min: 0, max: 500_000 })

const line = fc.record({
  unit: fc.integer({ min: 1, max: 100_000 }),
  quantity: fc.integer({ min: 1, max: 6 }),
  deducedShare: fc.constantFrom(0, 0, 10, 33),
  shipping: cents,
  taxes: fc.array(cents, { maxLength: 2 }),
  shippingTax: fc.oneof(fc.constant(undefined), cents),
  fee: fc.oneof(fc.constant(0), cents),
  fate: fc.constantFrom('stands', 'stands', 'refused', 'cancelled', 'partly', 'partly', 'refunded'),
  reduces: fc.boolean(),
})
type Invented = typeof line extends fc.Arbitrary<infer T> ? T : never

/** What a line was worth, and which part of it was cancelled or refunded. */
function workOut(invented: Invented) {
  const { unit, quantity, fate, deducedShare } = invented
  const units = fate === 'cancelled' ? quantity : Math.floor(quantity / 2)
  const deduced = Math.floor((unit * quantity * deducedShare) / 100)
  const price = unit * quantity - deduced
  const share = (amount: number) =>
    fate === 'cancelled' ? amount : Math.floor((amount * units) / quantity)
  const back = {
    units,
    price: share(price),
    shipping: share(invented.shipping),
    taxes: invented.taxes.map(share),
    shippingTax: share(invented.shippingTax ?? 0),
    fee: share(invented.fee),
  }
  return { ...invented, deduced, price, back }
}
type Worked = ReturnType<typeof workOut>

const base = JSON.parse(text('mirakl', 'to-ship.wire.json'))
const [baseLine] = base.order_lines

const states: Readonly<Record<Invented['fate'], string>> = {
  stands: 'SHIPPING',
  refused: 'REFUSED',
  cancelled: 'CANCELED',
  partly: 'SHIPPING',
  refunded: 'SHIPPING',
}

/**
 * Orders in both tax modes as Mirakl would list them: cancelations taken out of the amounts, refusals out of the order's,
 * refunds out of neither. `sold` is what it was worth, `left` what is left of it, in minor units.
 */
export const miraklOrders = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    mode: fc.constantFrom('TAX_INCLUDED', 'TAX_EXCLUDED'),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  })
  .map(({ lines, mode, currency }) => {
    const worked = lines.map(workOut)
    const onTop = (tax: number) => (mode === 'TAX_EXCLUDED' ? tax : 0)
    const body = {
      ...base,
      currency_iso_code: currency,
      order_tax_mode: mode,
      total_price: amount(add(worked.map(inTotal)), currency),
      order_lines: worked.map((one, index) => toWire(one, index, currency)),
    }
    return {
      body: JSON.stringify(body),
      sold: add(worked.map((one) => whole(one) + onTop(taxOf(one)))),
      left: add(worked.map((one) => whole(one) - gone(one) + onTop(taxOf(one) - taxGone(one)))),
    }
  })

function toWire(one: Worked, index: number, currency: string): object {
  const isCancelled = one.fate === 'cancelled' || one.fate === 'partly'
  const net = isCancelled ? one.back : none
  const money = (minor: number) => amount(minor, currency)
  const taxes = (minors: readonly number[]) =>
    minors.map((minor, i) => ({ code: `T${i}`, amount: money(minor) }))
  const back = {
    quantity: one.back.units,
    amount: money(one.back.price),
    shipping_amount: money(one.back.shipping),
    taxes: taxes(one.back.taxes),
    shipping_taxes: one.shippingTax === undefined ? [] : taxes([one.back.shippingTax]),
    fees: [{ code: 'FEE', amount: money(one.back.fee) }],
  }
  const fee = one.fee - net.fee
  return {
    ...baseLine,
    order_line_id: `L-${index}`,
    order_line_state: states[one.fate],
    // An operator's cancelations may or may not take their units out; a promotion would hide which.
    quantity: one.fate === 'partly' && one.reduces ? one.quantity - one.back.units : one.quantity,
    price_unit: money(one.unit),
    price: money(one.price - net.price),
    shipping_price: money(one.shipping - net.shipping),
    total_price: money(one.price - net.price + one.shipping - net.shipping + fee),
    taxes: taxes(one.taxes.map((tax, i) => tax - (net.taxes[i] ?? 0))),
    shipping_taxes: one.shippingTax === undefined ? [] : taxes([one.shippingTax - net.shippingTax]),
    fees: [{ code: 'FEE', amount: money(fee) }],
    promotions: one.deduced > 0 ? [{ deduced_amount: money(one.deduced) }] : [],
    cancelations: isCancelled ? [back] : [],
    refunds: one.fate === 'refunded' ? [back] : [],
  }
}

const none = { units: 0, price: 0, shipping: 0, taxes: [], shippingTax: 0, fee: 0 }

const whole = ({ price, shipping, fee }: Worked): number => price + shipping + fee
const taxOf = ({ taxes, shippingTax = 0 }: Worked): number => add(taxes) + shippingTax

/** What nobody has to pay any more. */
function gone(one: Worked): number {
  if (one.fate === 'stands') return 0
  if (one.fate === 'refused') return whole(one)
  return one.back.price + one.back.shipping + one.back.fee
}

function taxGone(one: Worked): number {
  if (one.fate === 'stands') return 0
  return one.fate === 'refused' ? taxOf(one) : add(one.back.taxes) + one.back.shippingTax
}

/** What the order's own total has of a line. */
const inTotal = (one: Worked): number =>
  one.fate === 'refunded' ? whole(one) : whole(one) - gone(one)

const add = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0)

/** As a JSON number, which these are small enough for. */
const amount = (minor: number, currency: string): number => Number(decimal(minor, currency))
