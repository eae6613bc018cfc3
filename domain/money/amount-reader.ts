import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Failure } from '../failure.ts'
import { minorUnits } from './minor-units.ts'

/** Reads amounts of one currency and keeps the first failure. */
export interface AmountReader {
  minor(decimal: string | null | undefined): Minor
  /** The amount, or `undefined` if it has more decimal places than the currency; never records a failure. */
  exact(decimal: string): Minor | undefined
  sum(things: readonly { readonly amount: string }[]): Minor
  refusal(): Failure | undefined
}

/** Reads amounts in a vendor's notation; an absent amount is zero. */
export function amountReader(currency: Currency): AmountReader {
  let refusal: Failure | undefined
  const minor: AmountReader['minor'] = (decimal) => {
    const amount = minorUnits(decimal ?? '0', currency)
    if (amount.ok) return amount.value
    refusal ??= amount.error
    return 0
  }
  return {
    minor,
    exact: (decimal) => {
      const amount = minorUnits(decimal, currency)
      return amount.ok ? amount.value : undefined
    },
    sum: (things) => things.reduce((all, { amount }) => all + minor(amount), 0),
    refusal: () => refusal,
  }
}
