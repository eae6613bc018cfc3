import type { OrderDocument } from '../../schemas/canonical/order.ts'
import { decimal } from '../money.ts'

/** What the parts of an order add up to at its original quantities, in minor units. */
export function sumOfParts(order: OrderDocument): number {
  return partsOf(order).reduce((sum, { minor }) => sum + minor, 0)
}

/** Why the parts do not add up to the total, to the cent; `undefined` when they do. */
export function mismatch(order: OrderDocument): string | undefined {
  const difference = order.total - sumOfParts(order)
  if (difference === 0) return undefined
  const money = (minor: number) => decimal(minor, order.currency)
  const parts = partsOf(order)
    .filter(({ minor }) => minor !== 0)
    .map(({ what, minor }) => `${what} ${money(minor)}`)
  return `the channel's total is ${money(order.total)} ${order.currency}, its parts (${parts.join(', ')}) add up to ${money(sumOfParts(order))}: ${money(difference)} unexplained`
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
