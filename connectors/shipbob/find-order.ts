import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { shipbobApi } from './api.ts'
import { referenceIdOf } from './reference-id.ts'
import { OrderWire } from './wire.ts'

/** The order under the reference of the subject's round. */
export async function findByReference(
  account: Account,
  subject: Subject,
): Promise<Result<OrderWire | undefined, Failure>> {
  const reference = referenceIdOf(subject)
  const path = `/order?ReferenceIds=${encodeURIComponent(reference)}`
  const orders = await shipbobApi.ask(account, { path, answer: OrderWire.array() })
  return orders.ok
    ? ok(orders.value.find(({ reference_id }) => reference_id === reference))
    : orders
}

/** The order that was released, by ShipBob's own id where it is known: that needs no index. */
export async function findReleased(
  account: Account,
  subject: Subject,
): Promise<Result<OrderWire, Failure>> {
  const id = subject.references.wms?.id
  if (!id) {
    const found = await findByReference(account, subject)
    if (!found.ok) return found
    return found.value ? ok(found.value) : err(noSuchOrder(referenceIdOf(subject)))
  }
  const path = `/order/${encodeURIComponent(id)}`
  return shipbobApi.ask(account, { path, answer: OrderWire })
}

const noSuchOrder = (reference: string): Failure =>
  except('order-not-found', `ShipBob has no order ${reference}`)

export const toReference = ({ id, order_number }: OrderWire): Reference => ({
  id,
  ...(order_number && { number: order_number }),
})
