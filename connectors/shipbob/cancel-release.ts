import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { findReleased, shipbobApi, toReference } from './orders.ts'
import { standingOf, tooLate } from './shipments.ts'
import { CancellationWire, type OrderWire, type ShipmentWire } from './wire.ts'

/** `POST /2026-01/order/{id}:cancel`. What is cancelled stays so, however often it is asked. */
export const cancelRelease: Effect = {
  safety: { by: 'key' },
  find: 'in-doubt',
  async look(account, subject) {
    const found = await findReleased(account, subject)
    if (!found.ok) return found
    return letGo(found.value) ? settled(found.value, subject) : ok(undefined)
  },
  async make(account, subject) {
    const found = await findReleased(account, subject)
    if (!found.ok) return found
    if (letGo(found.value)) return settled(found.value, subject)
    const reason = refusal(found.value)
    return reason === undefined ? cancel(account, found.value, subject) : err(kept(reason))
  },
}

async function cancel(
  account: Account,
  order: OrderWire,
  subject: Subject,
): Promise<Result<Reference, Failure>> {
  const told = await shipbobApi.ask(account, {
    answer: CancellationWire,
    method: 'POST',
    path: `/order/${encodeURIComponent(order.id)}:cancel`,
  })
  if (!told.ok && told.error.next === 'except') {
    return err(kept(`of order ${order.id} any more: it is picked, packed or sent`))
  }
  if (!told.ok) return told
  if (told.value.status === 'Success') return settled(told.value.order ?? order, subject)

  const after = told.value.order
  if (!after) return err(doubt('ShipBob cancelled only a part, and does not say which'))
  if (letGo(after)) return settled(after, subject)
  const reason = refusal(after) ?? `of all of order ${order.id}`
  return err(kept(reason))
}

const kept = (what: string): Failure => except('effect-refused', `ShipBob does not let go ${what}`)

/** It is over: nothing of it will be packed any more, and something that was to be is not. */
const letGo = ({ status, shipments }: OrderWire): boolean =>
  status === 'Cancelled' ||
  ((shipments ?? []).some(({ status: state }) => state === 'Cancelled') &&
    (shipments ?? []).every((shipment) => !isInside(shipment)))

/** Why there is no use in asking: to ask all the same would cancel a part and leave the rest. */
function refusal({ id, shipments }: OrderWire): string | undefined {
  const inside = (shipments ?? []).filter(isInside)
  if ((shipments ?? []).length > 0 && inside.length === 0)
    return `of order ${id}: it has sent it all`
  const late = inside.flatMap((shipment) => {
    const stage = tooLate(shipment)
    return stage === undefined ? [] : [`shipment ${shipment.id ?? ''} is ${stage}`]
  })
  return late.length > 0 ? `of order ${id}: ${late.join(', ')}` : undefined
}

const isInside = (shipment: ShipmentWire): boolean =>
  !['left', 'cancelled'].includes(standingOf(shipment))

/** Seconds until a look whether the ledger has heard of a parcel. */
const hearSeconds = 30

/**
 * The units of a parcel that left and that the ledger does not know of would be released a second time. So what was let
 * go of is not said before every parcel has been heard of, by webhook or by the sweep.
 */
function settled(order: OrderWire, { parcels = [] }: Subject): Result<Reference, Failure> {
  const unheard = (order.shipments ?? [])
    .filter((shipment) => standingOf(shipment) === 'left')
    .flatMap(({ id }) => (!id || parcels.includes(id) ? [] : [id]))
  if (unheard.length === 0) return ok(toReference(order))
  const reason = `ShipBob let go of the rest; parcel ${unheard.join(', ')} left and is to be heard of first`
  return err(doubt(reason, hearSeconds))
}
