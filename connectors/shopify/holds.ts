import type { Hold, Order } from '../../schemas/canonical/order.ts'
import type { SoldLine, SoldOrder } from './sold-order.ts'

/**
 * Why the shop wants what is left to be shipped to wait; nothing of it when a webhook's body does not say, because then what
 * a fetch has seen still holds. Staff's notes about it may name people, so they stay there.
 */
export function holdsOf({ cancelledAt, lines, holds, risk }: SoldOrder): Pick<Order, 'holds'> {
  if (cancelledAt || !lines.some(waits)) return { holds: [] }
  if (holds === undefined && risk === undefined) return {}
  const all = [
    ...(holds ?? []).map((reason) => reasons.get(reason) ?? otherwise(reason)),
    ...(risk !== undefined && risky.has(risk) ? [fraud] : []),
  ]
  return { holds: [...new Map(all.map((hold) => [hold.reason, hold])).values()] }
}

const waits = ({ requiresShipping, giftCard, currentQuantity, fulfilled }: SoldLine): boolean =>
  requiresShipping && !giftCard && currentQuantity > fulfilled

const fraud: Hold = {
  kind: 'fraud',
  reason: 'Shopify finds the risk of fraud high: review the order there',
}

/** `high` is what assessments say, `cancel` what is recommended because of them. */
const risky: ReadonlySet<string> = new Set(['cancel', 'high'])

const otherwise = (reason: string): Hold => ({
  kind: 'other',
  reason: `fulfilment is on hold at Shopify: ${reason.replaceAll('_', ' ')}`,
})

/** Shopify's `FulfillmentHoldReason`, lower case. */
const reasons: ReadonlyMap<string, Hold> = new Map([
  [
    'awaiting_payment',
    { kind: 'payment', reason: 'fulfilment is on hold at Shopify: payment is awaited' },
  ],
  [
    'high_risk_of_fraud',
    { kind: 'fraud', reason: 'fulfilment is on hold at Shopify: the risk of fraud is high' },
  ],
  [
    'incorrect_address',
    { kind: 'address', reason: 'fulfilment is on hold at Shopify: the address is incorrect' },
  ],
])
