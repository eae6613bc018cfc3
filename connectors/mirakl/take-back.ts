import { type AmountReader, amountReader } from '../../domain/money/amount-reader.ts'
import { decimal } from '../../domain/money/minor-units.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { WireFee, WireLine, WireOrder, WireTakenBack } from './wire.ts'

/** Units of a line that are to be taken back, of those that still stand. */
export interface Taking {
  readonly line: WireLine
  readonly units: number
  readonly left: number
}

/** What OR30 is told: cancelations of these units. */
export function toCancelations(wire: WireOrder, takings: readonly Taking[], reason: string) {
  // With "order level tax calculation" Mirakl wants to do the taxes itself.
  const taxed = wire.order_taxes.length === 0 || wire.order_tax_mode === 'TAX_INCLUDED'
  const cancelations = takings.map((taking) => {
    const { taxes, shipping_taxes, ...rest } = toPart(wire, taking, reason)
    return taxed ? { ...rest, taxes, shipping_taxes } : rest
  })
  return { order_tax_mode: wire.order_tax_mode, cancelations }
}

/** What OR28 is told: refunds of units that are not to be shipped any more. */
export function toRefunds(wire: WireOrder, takings: readonly Taking[], reason: string) {
  const refunds = takings.map((taking) => ({
    ...toPart(wire, taking, reason),
    excluded_from_shipment: true,
  }))
  return { order_tax_mode: wire.order_tax_mode, refunds }
}

/** A share of what the line is still worth; its shipping only goes back with its last unit. */
function toPart(wire: WireOrder, { line, units, left }: Taking, reason: string) {
  const currency = wire.currency_iso_code
  const purse = amountReader(currency)
  const share = (amount: Minor) => Math.round((amount * units) / left)
  const ifAll = (amount: Minor) => (units === left ? amount : 0)
  const rest = (amount: string, of: (part: WireTakenBack) => string | null | undefined) =>
    line.refunds.reduce((all, part) => all - purse.minor(of(part)), purse.minor(amount))
  return {
    order_line_id: line.order_line_id,
    quantity: units,
    reason_code: reason,
    currency_iso_code: currency,
    amount: number(share(rest(line.price, ({ amount }) => amount)), currency),
    shipping_amount: number(
      ifAll(rest(line.shipping_price, ({ shipping_amount }) => shipping_amount)),
      currency,
    ),
    ...byCode('taxes', { line, purse, currency, part: share }),
    ...byCode('shipping_taxes', { line, purse, currency, part: ifAll }),
    ...byCode('fees', { line, purse, currency, part: share }),
  }
}

interface Coded {
  readonly line: WireLine
  readonly purse: AmountReader
  readonly currency: Currency
  readonly part: (amount: Minor) => Minor
}

/** One amount per code, of what earlier refunds left; Mirakl wants every code that the line has. */
function byCode<K extends 'taxes' | 'shipping_taxes' | 'fees'>(
  what: K,
  { line, purse, currency, part }: Coded,
) {
  const worth = (things: readonly WireFee[], code: string) =>
    purse.sum(things.filter((thing) => thing.code === code))
  const codes = [...new Set(line[what].map(({ code }) => code))]
  const parts = codes.map((code) => {
    const back = line.refunds.reduce((all, refund) => all + worth(refund[what], code), 0)
    return { code, amount: number(part(worth(line[what], code) - back), currency) }
  })
  // The key is `what`, which TypeScript widens to any string.
  return { [what]: parts } as Record<K, typeof parts>
}

/** Mirakl takes amounts as JSON numbers; fifteen digits of them are exact. */
const number = (amount: Minor, currency: Currency): number => Number(decimal(amount, currency))
