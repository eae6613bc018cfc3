import type { Minor } from '../../schemas/canonical/money.ts'
import type { OrderDocument, OrderLine } from '../../schemas/canonical/order.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'

interface Emptying {
  readonly lines: readonly Pick<OrderLine, 'quantity' | 'removed'>[]
}

/** Every unit was taken back, or there never was one. */
export const isEmptied = ({ lines }: Emptying): boolean =>
  lines.every((line) => line.removed >= line.quantity)

/**
 * What the channel still has of an order of which every unit was taken back before it left: `part` when some of the money
 * went back, or when shipping and charges explain what stays; `all` when none did, so that the units are not gone for sure.
 * `undefined`: this is no such order, or its money is gone as well.
 */
export function moneyLeft(order: OrderDocument, state: OrderState): 'part' | 'all' | undefined {
  const { currentTotal, total, cancelledAt } = order
  if (cancelledAt !== undefined || !isEmptied(order) || currentTotal <= 0) return undefined
  if (hasLeft(order, state)) return undefined
  return currentTotal >= total && currentTotal > withoutUnits(order) ? 'all' : 'part'
}

/** Units that left and came back may have a fee to keep; where none was ever sold, none came back. */
const hasLeft = ({ lines }: OrderDocument, state: OrderState): boolean =>
  lines.some(({ quantity }) => quantity > 0) &&
  (lines.some(({ fulfilled }) => fulfilled > 0) ||
    state.lines.some(({ shipped, fulfilledByChannel }) => shipped > 0 || fulfilledByChannel > 0))

/** What an order may be worth without a unit in it. */
function withoutUnits({ shipping, charges, tax, taxesIncluded }: OrderDocument): Minor {
  const carriage = shipping.map(
    (line) => line.price - line.discount + (taxesIncluded ? 0 : line.tax),
  )
  const all = [...carriage, ...charges.map(({ amount }) => amount), taxesIncluded ? 0 : tax]
  return all.reduce((sum, amount) => sum + amount, 0)
}
