import { doubt, except, type Failure, wait } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import type { Account, Effect } from '../../domain/plug.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { callShipbob } from './call-shipbob.ts'
import { findReleased, toReference } from './find-order.ts'
import { leftAt } from './from-shipment.ts'
import { standingOf, tooLate } from './standing.ts'
import { CancellationWire, type OrderWire, type ShipmentWire } from './wire.ts'

/** `POST /2026-01/order/{id}:cancel`. What is cancelled stays so, however often it is asked. */
export const cancelRelease: Effect = {
  safety: { by: 'key' },
  find: 'in-doubt',
  async look(account, subject) {
    const found = await findReleased(account, subject)
    if (!found.ok) return found
    return letGo(found.value) ? settled(found.value, account) : ok(undefined)
  },
  async make(account, subject) {
    const found = await findReleased(account, subject)
    if (!found.ok) return found
    if (letGo(found.value)) return settled(found.value, account)
    const reason = refusal(found.value)
    return reason === undefined ? cancel(account, found.value) : err(kept(reason))
  },
}

async function cancel(account: Account, order: OrderWire): Promise<Result<Reference, Failure>> {
  const answer = await callShipbob(account, {
    kind: 'write',
    method: 'POST',
    path: `/order/${encodeURIComponent(order.id)}:cancel`,
  })
  if (!answer.ok && answer.error.next === 'except') {
    return err(kept(`of order ${order.id} any more: it is picked, packed or sent`))
  }
  if (!answer.ok) return answer
  const told = read(CancellationWire, answer.value.json)
  if (!told.ok) return err(doubt('ShipBob answered a cancellation in an unknown shape'))
  if (told.value.status === 'Success') return settled(told.value.order ?? order, account)

  const after = told.value.order
  if (!after) return err(doubt('ShipBob cancelled only a part, and does not say which'))
  if (letGo(after)) return settled(after, account)
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

/** Within this the ledger surely hears of a parcel that left, if not by webhook then by the sweep. */
const hearSeconds = 900

/**
 * The units of a parcel that left and that the ledger does not know of would be released a second time. So what was let
 * go of is not said before every parcel has had the time to be heard of.
 */
function settled(order: OrderWire, account: Account): Result<Reference, Failure> {
  const left = (order.shipments ?? []).filter((shipment) => standingOf(shipment) === 'left')
  const at = left
    .map(leftAt)
    .filter((instant) => instant !== undefined)
    .toSorted()
    .at(-1)
  const age = at ? (account.now().getTime() - Date.parse(at)) / 1000 : hearSeconds
  if (age >= hearSeconds) return ok(toReference(order))
  const reason = 'ShipBob let go of the rest; a parcel that just left is to be heard of first'
  return err(wait(reason, Math.ceil(hearSeconds - age)))
}
