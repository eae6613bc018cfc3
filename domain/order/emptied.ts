import type { Minor } from '../../schemas/canonical/money.ts'
import type { OrderDocument, OrderLine } from '../../schemas/canonical/order.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'

interface Emptying {
  readonly lines: readonly Pick<OrderLine, 'quantity' | 'removed'>[]
}

/** All units were cancelled, or there never were any. */
export const isEmptied = ({ lines }: Emptying): boolean =>
  lines.every((line) => line.removed >= line.quantity)

/**
 * What the channel still keeps of an order whose units were all cancelled before they left. `part`: some money was
 * refunded, or shipping and charges explain the rest. `all`: nothing was refunded, so the cancellation is not certain.
 * `undefined`: not such an order, or its money was refunded too.
 */
export function moneyLeft(order: OrderDocument, state: OrderState): 'part' | 'all' | undefined {
  const { currentTotal, total, cancelledAt } = order
  if (cancelledAt !== undefined || !isEmptied(order) || currentTotal <= 0) return undefined
  if (hasLeft(order, state)) return undefined
  return currentTotal >= total && currentTotal > withoutUnits(order) ? 'all' : 'part'
}

/** A fee may be kept for units that left and came back. If none was ever sold, none came back. */
const hasLeft = ({ lines }: OrderDocument, state: OrderState): boolean =>
  lines.some(({ quantity }) => quantity > 0) &&
  (lines.some(({ fulfilled }) => fulfilled > 0) ||
    state.lines.some(({ shipped, fulfilledByChannel }) => shipped > 0 || fulfilledByChannel > 0))

/** What an order without units may still be worth. */
function withoutUnits({ shipping, charges, tax, taxesIncluded }: OrderDocument): Minor {
  const carriage = shipping.map(
    (line) => line.price - line.discount + (taxesIncluded ? 0 : line.tax),
  )
  const all = [...carriage, ...charges.map(({ amount }) => amount), taxesIncluded ? 0 : tax]
  return all.reduce((sum, amount) => sum + amount, 0)
}
