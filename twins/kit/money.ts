import { exponentOf } from '../../schemas/canonical/money.ts'

const unitsOf = (currency: string): number => 10 ** (exponentOf(currency) ?? 2)

/** An amount in minor units, rounded: 12.5 USD is 1250. */
export const minorOf = (amount: number, currency: string): number =>
  Math.round(amount * unitsOf(currency))

/** An amount rounded to the currency's unit. */
export const rounded = (amount: number, currency: string): number =>
  minorOf(amount, currency) / unitsOf(currency)
