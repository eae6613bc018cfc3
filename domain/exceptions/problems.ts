import type { Hold, Order, OrderLine } from '../../schemas/canonical/order.ts'
import type { Problem, Route } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { decimal } from '../money/minor-units.ts'
import { moneyLeft } from '../order/emptied.ts'
import { impossibleIn, inWords } from '../order/impossible.ts'
import { toTell } from '../order/lines.ts'
import type { Policy } from '../order/policy.ts'
import { mayHaveHappened, releaseOf } from '../order/state.ts'
import { mismatch } from '../order/sum.ts'

interface Look {
  readonly order: Order
  readonly route: Route | undefined
  readonly state: OrderState
  readonly policy: Policy
}

/** What blocks this snapshot of the order, as text for the person who will fix it. */
export function problemsOf(look: Look): Problem[] {
  const problems = checks.flatMap(({ code, find }) => {
    const reason = find(look)
    return reason === undefined ? [] : [{ code, reason }]
  })
  // The sum of impossible values is meaningless.
  return isImpossible(problems)
    ? problems.filter(({ code }) => code !== 'money-mismatch')
    : problems
}

/** A snapshot with this problem changes nothing. */
export const isImpossible = (problems: readonly Problem[]): boolean =>
  problems.some(({ code }) => code === 'impossible-order')

const checks: readonly {
  readonly code: Problem['code']
  find(look: Look): string | undefined
}[] = [
  {
    code: 'impossible-order',
    find: ({ order, state }) => {
      const wrong = inWords(impossibleIn(order))
      if (wrong !== undefined || moneyLeft(order, state) !== 'all') return wrong
      return `currentTotal is ${currentTotal(order)} and no unit is left: refund the money too, or cancel the order`
    },
  },
  {
    code: 'money-kept',
    find: ({ order, state }) =>
      moneyLeft(order, state) === 'part'
        ? `every unit was cancelled or refunded, and currentTotal is still ${currentTotal(order)}: book what it is for, or refund it`
        : undefined,
  },
  {
    code: 'test-order',
    find: ({ order, policy }) =>
      order.test && policy.holdsTestOrders(order.connection)
        ? 'the channel marks this as a test order, and the settings hold test orders'
        : undefined,
  },
  { code: 'money-mismatch', find: ({ order }) => mismatch(order) },
  {
    code: 'missing-sku',
    find: ({ order }) => {
      const lines = order.lines.filter(
        (line) => !line.sku && !line.giftCard && line.quantity > line.removed,
      )
      if (lines.length === 0) return undefined
      return `${lines.map((line) => `line ${line.id}`).join(', ')}: no SKU at the channel (a deleted product or a custom item)`
    },
  },
  {
    code: 'missing-address',
    find: ({ order }) =>
      !order.people.shipTo && !isPending(order) && order.lines.some(needsAddress)
        ? 'there are goods to ship, and the shipping address is missing or incomplete'
        : undefined,
  },
  {
    code: 'no-route',
    find: ({ route }) => (route ? undefined : 'no route in the settings matches this order'),
  },
  {
    code: 'amended-after-posting',
    find: ({ order, state }) => {
      const gone = new Map(
        state.lines.map((line) => [line.id, line.shipped + line.fulfilledByChannel]),
      )
      const lives =
        !order.cancelledAt &&
        order.lines.some(({ id, quantity, removed }) => quantity - removed > (gone.get(id) ?? 0))
      // The channel will be informed in a moment.
      const untold = state.cancelledBy === 'person' && state.lines.some((line) => toTell(line) > 0)
      return lives && state.cancelledAt && !untold
        ? 'this order was cancelled here but is open at the channel; place it again or cancel it there'
        : undefined
    },
  },
  {
    code: 'already-fulfilled',
    find: ({ order, state }) => {
      if (!mayHaveHappened(releaseOf(state))) return undefined
      const sent = new Map(
        state.lines.map((line) => [line.id, line.shipped + line.assignedToChannel]),
      )
      const lines = order.lines.filter((line) => line.fulfilled > (sent.get(line.id) ?? 0))
      if (lines.length === 0) return undefined
      return `${lines.map((line) => `line ${line.id}: ${line.fulfilled} of ${line.quantity}`).join(', ')} fulfilled at the channel while the warehouse has the order; it may be sent twice`
    },
  },
  {
    code: 'payment-pending',
    find: (look) => {
      const { order, policy, state } = look
      // Payment problems no longer hold an order that may be at the warehouse.
      if (mayHaveHappened(releaseOf(state))) return undefined
      const word = policy.holdsUnpaid(order.connection) ? unpaid[order.payment] : undefined
      return word ?? paymentHold(look)
    },
  },
  { code: 'pending-at-channel', find: ({ order }) => holdOf(order, 'pending') },
  { code: 'fraud-review', find: (look) => heldOrStill(look, 'fraud-review', 'fraud') },
  { code: 'address-review', find: (look) => heldOrStill(look, 'address-review', 'address') },
  { code: 'channel-hold', find: (look) => heldOrStill(look, 'channel-hold', 'other') },
]

const currentTotal = ({ currentTotal: left, currency }: Order): string =>
  `${decimal(left, currency)} ${currency}`

const unpaid: Readonly<Partial<Record<Order['payment'], string>>> = {
  pending: 'it is not paid yet, and the settings hold unpaid orders',
  voided: 'its payment was voided, and the settings hold unpaid orders',
  refunded: 'all of it was refunded, and there are goods to ship',
}

/** A snapshot that does not state holds leaves them unchanged. */
function heldOrStill(
  { order, state }: Look,
  code: Problem['code'],
  kind: Hold['kind'],
): string | undefined {
  if (order.holds) return holdOf(order, kind)
  return state.problems.find((known) => known.code === code)?.reason
}

/** A new payment status replaces the hold that an earlier one caused. */
function paymentHold(look: Look): string | undefined {
  const reason = heldOrStill(look, 'payment-pending', 'payment')
  return Object.values(unpaid).some((own) => own === reason) ? undefined : reason
}

const holdOf = ({ holds = [] }: Order, kind: Hold['kind']): string | undefined =>
  holds.find((hold) => hold.kind === kind)?.reason

/** The channel sends the address later. */
const isPending = (order: Order): boolean =>
  order.acceptance === 'awaited' || holdOf(order, 'pending') !== undefined

/** Lines that the channel fulfils need no address. */
const needsAddress = (line: OrderLine): boolean =>
  line.shippable &&
  line.fulfilledByChannel !== true &&
  line.quantity - line.removed - line.fulfilled > 0
