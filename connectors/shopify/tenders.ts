import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { SoldOrder, SoldPayment } from './sold-order.ts'

type Tenders = NonNullable<Order['tenders']>

interface Amounts {
  readonly total: Minor
  minor(decimal: string): Minor
}

/**
 * How the order was or will be paid. One gateway pays it all, as far as it is paid; what each of several pays is in
 * the payments alone, so that without them nothing is said.
 */
export function tendersOf(
  { gateways, payments }: SoldOrder,
  { total, minor }: Amounts,
): Pick<Order, 'tenders'> {
  if (gateways.length === 1) {
    return total > 0 ? { tenders: gateways.map((method) => ({ method, amount: total })) } : {}
  }
  if (payments.length === 0) return {}
  const voided = new Set(payments.flatMap(({ kind, parent }) => (kind === 'void' ? parent : [])))
  const sums = new Map<string, Minor>()
  for (const payment of payments.filter(({ id }) => !voided.has(id))) {
    const amount = signs.get(payment.kind)?.(minor(payment.amount)) ?? 0
    if (stands(payment)) sums.set(payment.gateway, (sums.get(payment.gateway) ?? 0) + amount)
  }
  const tenders: Tenders = [...sums].map(([method, amount]) => ({ method, amount }))
  const paid = tenders.filter(({ amount }) => amount > 0)
  return paid.length > 0 ? { tenders: paid } : {}
}

/** A capture is part of its authorization, and a refund is not how an order was paid. */
const signs: ReadonlyMap<string, (amount: Minor) => Minor> = new Map([
  ['sale', (amount: Minor) => amount],
  ['authorization', (amount: Minor) => amount],
  ['emv_authorization', (amount: Minor) => amount],
  ['change', (amount: Minor) => -amount],
])

const stands = ({ status }: SoldPayment): boolean =>
  status === 'success' || status === 'pending' || status === 'awaiting_response'
