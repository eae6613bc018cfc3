import { instantOf } from '../../domain/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { WireOrder } from './wire.ts'

type Standing = Pick<Order, 'payment'> &
  Partial<Pick<Order, 'acceptance' | 'holds' | 'cancelledAt' | 'cancelReason'>>

/** What an order's state means: whether it waits, for whom, and whether it is over. */
export function standingOf(wire: WireOrder): Standing {
  const payment = paymentOf(wire)
  const standing = states.get(wire.order_state)
  return standing ? { payment, ...standing(wire) } : { payment, holds: [unknown(wire)] }
}

/** States in which the goods have left: nothing can be shipped or cancelled any more. */
export const shipped: ReadonlySet<string> = new Set(['SHIPPED', 'TO_COLLECT', 'RECEIVED', 'CLOSED'])

/** States of an order, and of a line, that nobody will be asked to deliver. */
export const over: ReadonlySet<string> = new Set(['REFUSED', 'CANCELED'])

/** States in which the seller's word is already given. */
export const accepted: ReadonlySet<string> = new Set([
  'WAITING_DEBIT',
  'WAITING_DEBIT_PAYMENT',
  'SHIPPING',
  ...shipped,
])

type Meaning = (wire: WireOrder) => Omit<Standing, 'payment'>

const given: Meaning = () => ({ acceptance: 'given' })

const cancelled: Meaning = (wire) => {
  const reason = wire.order_state_reason_label ?? wire.order_state_reason_code
  return {
    cancelledAt: instantOf(wire.last_updated_date),
    cancelReason: reason ? `${wire.order_state}: ${reason}` : wire.order_state,
  }
}

/** The address is null before SHIPPING, or before acceptance: the operator decides. Without one there is nothing to post. */
const unpaid: Meaning = ({ order_state, customer }) => ({
  acceptance: 'given',
  holds: [
    customer?.shipping_address
      ? { kind: 'payment', reason: `the buyer has not paid yet (${order_state})` }
      : { kind: 'pending', reason: `the address comes with the payment (${order_state})` },
  ],
})

const states: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  [
    'STAGING',
    () => ({ holds: [{ kind: 'pending', reason: 'the operator checks the order (STAGING)' }] }),
  ],
  ['WAITING_ACCEPTANCE', () => ({ acceptance: 'awaited' })],
  ['WAITING_DEBIT', unpaid],
  ['WAITING_DEBIT_PAYMENT', unpaid],
  ['SHIPPING', given],
  ...[...shipped].map((state) => [state, given] as const),
  ...[...over].map((state) => [state, cancelled] as const),
])

/** Mirakl adds states when it likes; what one means has to be known before anything is posted. */
const unknown = ({ order_state }: WireOrder) =>
  ({ kind: 'pending', reason: `the state ${order_state} is not known here` }) as const

function paymentOf(wire: WireOrder): Order['payment'] {
  if (wire.fully_refunded) return 'refunded'
  if (wire.customer_debited_date) return 'paid'
  if (over.has(wire.order_state)) return 'voided'
  const paysFirst = (wire.payment_workflow ?? 'PAY_ON_ACCEPTANCE') === 'PAY_ON_ACCEPTANCE'
  const isDue = wire.order_state === 'SHIPPING' || shipped.has(wire.order_state)
  return paysFirst && !isDue ? 'pending' : 'authorized'
}
