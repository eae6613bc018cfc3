import { instantOf } from '../../domain/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { WireOrder } from './wire.ts'

/** States in which the goods have left: nothing can be shipped or cancelled any more. */
export const shipped: ReadonlySet<string> = new Set(['SHIPPED', 'TO_COLLECT', 'RECEIVED', 'CLOSED'])

/** States of an order, and of a line, that nobody will be asked to deliver. */
export const over: ReadonlySet<string> = new Set(['REFUSED', 'CANCELED'])

const unpaid: ReadonlySet<string> = new Set(['WAITING_DEBIT', 'WAITING_DEBIT_PAYMENT'])

/** States in which the seller's word is already given. */
export const accepted: ReadonlySet<string> = new Set([...unpaid, 'SHIPPING', ...shipped])

type Standing = Pick<Order, 'payment'> &
  Partial<Pick<Order, 'acceptance' | 'holds' | 'cancelledAt' | 'cancelReason'>>

/** What an order's state means: whether it waits, for whom, and whether it is over. */
export function standingOf(wire: WireOrder): Standing {
  const { order_state: state, customer } = wire
  const payment = paymentOf(wire)
  if (over.has(state)) {
    const reason = wire.order_state_reason_label ?? wire.order_state_reason_code
    const cancelReason = reason ? `${state}: ${reason}` : state
    return { payment, cancelledAt: instantOf(wire.last_updated_date), cancelReason }
  }
  if (state === 'WAITING_ACCEPTANCE') return { payment, acceptance: 'awaited' }
  // Mirakl adds states when it likes; what one means has to be known before anything is posted.
  if (!accepted.has(state)) {
    const checked = 'the operator checks the order (STAGING)'
    const reason = state === 'STAGING' ? checked : `the state ${state} is not known here`
    return { payment, holds: [{ kind: 'pending', reason }] }
  }
  if (!unpaid.has(state)) return { payment, acceptance: 'given' }
  // The address is null before SHIPPING, or before acceptance: the operator decides. Without one there is nothing to post.
  const hold = customer?.shipping_address
    ? { kind: 'payment' as const, reason: `the buyer has not paid yet (${state})` }
    : { kind: 'pending' as const, reason: `the address comes with the payment (${state})` }
  return { payment, acceptance: 'given', holds: [hold] }
}

function paymentOf(wire: WireOrder): Order['payment'] {
  if (wire.fully_refunded) return 'refunded'
  if (wire.customer_debited_date) return 'paid'
  if (over.has(wire.order_state)) return 'voided'
  const paysFirst = (wire.payment_workflow ?? 'PAY_ON_ACCEPTANCE') === 'PAY_ON_ACCEPTANCE'
  const isDue = wire.order_state === 'SHIPPING' || shipped.has(wire.order_state)
  return paysFirst && !isDue ? 'pending' : 'authorized'
}
