import type { Failure } from '../../domain/failure.ts'
import { instantOf } from '../../domain/instant.ts'
import { type AmountReader, amountReader } from '../../domain/money/amount-reader.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { standingOf } from './standing.ts'
import { type ReadLine, readLine } from './to-line.ts'
import { toPeople } from './to-people.ts'
import type { WireOrder } from './wire.ts'

/**
 * What a marketplace sold as the canonical order. The commission is between the operator and the shop and no part of it.
 * Fails with `money-mismatch` when an amount has a part smaller than its currency's unit; whether the parts add up is
 * for the ledger to judge.
 */
export function toOrder(connection: ConnectionId, wire: WireOrder): Result<Order, Failure> {
  const purse = amountReader(wire.currency_iso_code)
  const read = wire.order_lines.map((line) => readLine(line, purse))
  const money = toMoney(wire, read, purse)
  const refusal = purse.refusal()
  if (refusal) return err(refusal)

  const lines = read.map(({ line }) =>
    byOperator(wire) ? { ...line, fulfilledByChannel: true } : line,
  )
  return ok({
    id: orderIdOf(connection, wire.order_id),
    connection,
    channelOrderId: wire.order_id,
    number: wire.order_id,
    version: instantOf(wire.last_updated_date),
    placedAt: instantOf(wire.created_date),
    currency: wire.currency_iso_code,
    taxesIncluded: wire.order_tax_mode === 'TAX_INCLUDED',
    test: false,
    ...standingOf(wire),
    // The wire schema refuses an order without lines.
    lines: lines as Order['lines'],
    ...money,
    people: toPeople(wire),
  })
}

type Money = Pick<
  Order,
  'shipping' | 'charges' | 'discount' | 'tax' | 'total' | 'currentTotal' | 'facilitatedTax'
>

/** `total_price` is what is left after refusals and cancelations, before refunds; prices with tax have it inside. */
function toMoney(wire: WireOrder, read: readonly ReadLine[], purse: AmountReader): Money {
  const sum = (of: (line: ReadLine) => Minor) => read.reduce((all, line) => all + of(line), 0)
  const onTop = (tax: Minor) => (wire.order_tax_mode === 'TAX_EXCLUDED' ? tax : 0)
  const currentTax = sum((line) => line.currentTax)
  const tax = unallocated(wire, currentTax, purse)
  const left = purse.minor(wire.total_price)
  const facilitatedTax = sum((line) => line.facilitatedTax)
  return {
    shipping: [
      {
        title: wire.shipping_type_label ?? '',
        ...(wire.shipping_type_code && { code: wire.shipping_type_code }),
        price: sum((line) => line.shipping),
        discount: 0,
        tax: sum((line) => line.shippingTax),
      },
    ],
    charges: chargesOf(read),
    discount: 0,
    tax,
    total:
      left +
      sum((line) => line.missing) +
      onTop(tax + sum((one) => one.line.tax + one.shippingTax)),
    currentTotal:
      left + onTop(tax + currentTax) - sum(({ refunded }) => refunded.amount + onTop(refunded.tax)),
    ...(facilitatedTax > 0 && { facilitatedTax }),
  }
}

/** With "order level tax calculation" the order's taxes are told too, and rounding leaves a rest between them and the lines'. */
const unallocated = ({ order_taxes }: WireOrder, onLines: Minor, purse: AmountReader): Minor =>
  order_taxes.length === 0
    ? 0
    : purse.sum(order_taxes.map(({ total_amount }) => ({ amount: total_amount }))) - onLines

/** Fees that the buyer pays, such as a deposit: one charge for each code. */
function chargesOf(read: readonly ReadLine[]): Money['charges'] {
  const fees = new Map<string, Minor>()
  for (const { code, amount } of read.flatMap((line) => line.fees)) {
    fees.set(code, (fees.get(code) ?? 0) + amount)
  }
  return [...fees]
    .filter(([, amount]) => amount !== 0)
    .map(([title, amount]) => ({ kind: 'fee', title, amount }))
}

/** Any centre but the default one is the operator's own. */
function byOperator({ fulfillment }: WireOrder): boolean {
  const code = fulfillment?.center?.code ?? ''
  return code !== '' && code !== 'DEFAULT'
}
