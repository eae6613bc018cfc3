import type { Minor } from '../../schemas/canonical/money.ts'
import type { OrderDocument, OrderLine } from '../../schemas/canonical/order.ts'
import { decimal, share } from '../money/minor-units.ts'

/** The sum of an order's parts at original quantities, in minor units. */
export function sumOfParts(order: OrderDocument): number {
  return partsOf(order).reduce((sum, { minor }) => sum + minor, 0)
}

/** Why the parts do not add up to the total, to the cent; `undefined` if they do. */
export function mismatch(order: OrderDocument): string | undefined {
  const difference = order.total - sumOfParts(order)
  if (difference === 0) return undefined
  const money = (minor: number) => decimal(minor, order.currency)
  const parts = partsOf(order)
    .filter(({ minor }) => minor !== 0)
    .map(({ what, minor }) => `${what} ${money(minor)}`)
  return `the channel's total is ${money(order.total)} ${order.currency}, but its parts (${parts.join(', ')}) add up to ${money(sumOfParts(order))}: difference ${money(difference)}`
}

/**
 * The minor units by which the channel's total of the remaining units differs from their sum, because it rounds the
 * rest of a discount or a tax in its own way: at most one unit each. A larger difference is not rounding, and 0 here.
 */
export function roundingOf(order: OrderDocument): Minor {
  const partly = order.lines.filter(({ removed, quantity }) => removed > 0 && removed < quantity)
  if (partly.length === 0) return 0
  // Same length as the order's lines, so not empty.
  const lines = order.lines.map(leftOf) as OrderDocument['lines']
  const gap = order.currentTotal - sumOfParts({ ...order, lines })
  // A difference in the original order is not rounding either.
  const whole = order.total - sumOfParts(order)
  return [gap - whole, gap].find((rest) => Math.abs(rest) <= partly.length * 2) ?? 0
}

function leftOf(line: OrderLine): OrderLine {
  const quantity = line.quantity - line.removed
  const left = (amount: Minor) => share(amount, quantity, line.quantity)
  return { ...line, quantity, discount: left(line.discount), tax: left(line.tax) }
}

function partsOf(order: OrderDocument): readonly { what: string; minor: number }[] {
  const { lines, shipping, charges, discount } = order
  const add = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0)
  const tax = order.tax + add(lines.map((line) => line.tax)) + add(shipping.map((line) => line.tax))
  return [
    { what: 'lines', minor: add(lines.map((line) => line.unitPrice * line.quantity)) },
    { what: 'shipping', minor: add(shipping.map((line) => line.price)) },
    { what: 'charges', minor: add(charges.map((charge) => charge.amount)) },
    {
      what: 'discounts',
      minor: -(
        discount +
        add(lines.map((line) => line.discount)) +
        add(shipping.map((line) => line.discount))
      ),
    },
    { what: 'tax', minor: order.taxesIncluded ? 0 : tax },
  ]
}
