import type { Effect } from '../../domain/effects/effect.ts'
import { doubt, except } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, ok } from '../../domain/result.ts'
import { callShipbob, settingsOf } from './call-shipbob.ts'
import { findByReference, toReference } from './find-order.ts'
import { toRelease } from './to-release.ts'
import { OrderWire } from './wire.ts'

/** `POST /2026-01/order`. ShipBob refuses a `reference_id` that it has seen, so a second attempt makes no second order. */
export const releaseOrder: Effect = {
  safety: { by: 'key' },
  find: 'in-doubt',
  /** The order under our reference, whatever is in it: an earlier attempt may have asked for something else. */
  async look(account, subject) {
    const found = await findByReference(account, subject)
    if (!found.ok || !found.value) return found.ok ? ok(undefined) : found
    return found.value.status === 'Cancelled'
      ? err(
          except(
            'effect-refused',
            'ShipBob has this order as cancelled, and its reference is used up',
          ),
        )
      : ok(toReference(found.value))
  },
  async make(account, subject) {
    const settings = settingsOf(account)
    if (!settings.ok) return settings
    const release = toRelease(settings.value, subject)
    if (!release.ok) return release

    const made = await callShipbob(account, {
      kind: 'write',
      method: 'POST',
      path: '/order',
      body: JSON.stringify(release.value),
    })
    if (!made.ok) {
      // Only a look-up takes what an earlier attempt asked for as what it is.
      return made.error.next === 'ignore' ? err(doubt(made.error.reason)) : made
    }
    const order = read(OrderWire, made.value.json)
    return order.ok ? ok(toReference(order.value)) : err(doubt('ShipBob answered without an order'))
  },
}
