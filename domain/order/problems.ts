import type { Order } from '../../schemas/canonical/order.ts'
import type { Problem, Route } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { Policy } from './policy.ts'
import { intentFor, mayHaveHappened } from './state.ts'
import { mismatch } from './sum.ts'

interface Look {
  readonly order: Order
  readonly route: Route | undefined
  readonly state: OrderState
  readonly policy: Policy
}

/** What about this snapshot keeps the order from flowing, in words for the person who will fix it. */
export function problemsOf(look: Look): Problem[] {
  return checks.flatMap(({ code, find }) => {
    const reason = find(look)
    return reason === undefined ? [] : [{ code, reason }]
  })
}

const checks: readonly {
  readonly code: Problem['code']
  find(look: Look): string | undefined
}[] = [
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
      !order.people.shipTo &&
      order.lines.some((line) => line.shippable && line.quantity > line.removed)
        ? 'there is something to ship and no complete shipping address'
        : undefined,
  },
  {
    code: 'no-route',
    find: ({ route }) => (route ? undefined : 'no route in the settings matches this order'),
  },
  {
    code: 'amended-after-posting',
    find: ({ order, state }) => {
      const lives = !order.cancelledAt && order.lines.some((line) => line.quantity > line.removed)
      return lives && state.cancelledAt
        ? 'the channel has this order alive after it was cancelled here; place it anew or cancel it there'
        : undefined
    },
  },
  {
    code: 'already-fulfilled',
    find: ({ order, state }) => {
      if (mayHaveHappened(intentFor(state, 'release-order'))) return undefined
      const lines = order.lines.filter((line) => line.shippable && line.fulfilled > 0)
      if (lines.length === 0) return undefined
      return `${lines.map((line) => `line ${line.id}: ${line.fulfilled} of ${line.quantity}`).join(', ')} already fulfilled at the channel; releasing it would ship twice`
    },
  },
]
