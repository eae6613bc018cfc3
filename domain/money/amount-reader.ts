import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Failure } from '../failure.ts'
import { minorUnits } from './minor-units.ts'

/** Reads amounts of one currency and keeps the first one that it had to refuse. */
export interface AmountReader {
  minor(decimal: string | null | undefined): Minor
  /** The amount, or nothing where it is finer than the currency's unit; refuses nothing. */
  exact(decimal: string): Minor | undefined
  sum(things: readonly { readonly amount: string }[]): Minor
  /** Not a getter: V8 makes a hidden class for every object that has one, and those are no young garbage. */
  refusal(): Failure | undefined
}

/** A purse of amounts as a vendor writes them. */
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
