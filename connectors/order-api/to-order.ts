import type { Failure } from '../../domain/failure.ts'
import { minorUnits } from '../../domain/money/minor-units.ts'
import { isEmptied } from '../../domain/order/emptied.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { OrderSubmission } from '../../schemas/api/order-submission.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'

type Line = OrderSubmission['lines'][number]

/** A submission as the canonical order. It was judged at the door, so that only an amount beyond counting can fail. */
export function toOrder(
  connection: ConnectionId,
  submission: OrderSubmission,
): Result<Order, Failure> {
  const failures: Failure[] = []
  const minor: ToMinor = (amount, currency = submission.currency) => {
    const counted = minorUnits(amount, currency)
    if (counted.ok) return counted.value
    failures.push(counted.error)
    return 0
  }
  const order = write(connection, submission, minor)
  const [failure] = failures
  return failure ? err(failure) : ok(order)
}

/** An amount in minor units, of the order's currency unless another is named. */
type ToMinor = (amount: string, currency?: Currency) => Minor

function write(connection: ConnectionId, given: OrderSubmission, minor: ToMinor): Order {
  const { id, number, updatedAt, cancelled, total, currentTotal, presentment } = given
  return {
    id: orderIdOf(connection, id),
    connection,
    channelOrderId: id,
    number: number ?? id,
    version: updatedAt,
    placedAt: given.placedAt,
    currency: given.currency,
    taxesIncluded: given.taxesIncluded,
    test: given.test,
    ...(cancelled && { cancelledAt: cancelled.at }),
    ...(cancelled?.reason !== undefined && { cancelReason: cancelled.reason }),
    payment: given.payment,
    // The door lets no submission without lines in.
    lines: given.lines.map((line) => toLine(line, minor)) as Order['lines'],
    shipping: given.shipping.map(({ title, code, price, discount, tax }) => ({
      title,
      ...(code !== undefined && { code }),
      price: minor(price),
      discount: minor(discount),
      tax: minor(tax),
    })),
    charges: given.charges.map((charge) => ({ ...charge, amount: minor(charge.amount) })),
    discount: minor(given.discount),
    tax: minor(given.tax),
    total: minor(total),
    currentTotal: minor(currentTotal ?? (isEmptied(given) ? '0' : total)),
    holds: given.holds ?? [],
    ...(given.tenders && {
      tenders: given.tenders.map((tender) => ({ ...tender, amount: minor(tender.amount) })),
    }),
    ...(given.facilitatedTax !== undefined && {
      facilitatedTax: minor(given.facilitatedTax),
    }),
    ...(presentment && {
      presentment: {
        currency: presentment.currency,
        total: minor(presentment.total, presentment.currency),
      },
    }),
    people: given.people,
  }
}

function toLine(line: Line, minor: ToMinor): Order['lines'][number] {
  const { id, sku, title, quantity, removed, giftCard, shippable, taxCode, unit } = line
  return {
    id,
    ...(sku !== undefined && { sku }),
    title,
    quantity,
    removed,
    fulfilled: line.fulfilled ?? (line.fulfilledByChannel ? quantity : 0),
    unitPrice: minor(line.unitPrice),
    discount: minor(line.discount),
    tax: minor(line.tax),
    giftCard,
    shippable,
    ...(line.fulfilledByChannel && { fulfilledByChannel: true }),
    ...(taxCode !== undefined && { taxCode }),
    ...(unit !== undefined && { unit }),
  }
}
