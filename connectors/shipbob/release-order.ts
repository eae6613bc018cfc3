import type { Effect } from '../../domain/effects/effect.ts'
import { doubt, except } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import { shipbobApi } from './api.ts'
import { findByReference, toReference } from './find-order.ts'
import { settingsOf } from './settings.ts'
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
    const body = toRelease(settingsOf(account), subject)
    if (!body.ok) return body
    const made = await shipbobApi.ask(account, {
      method: 'POST',
      path: '/order',
      json: body.value,
      answer: OrderWire,
    })
    if (made.ok) return ok(toReference(made.value))
    // Only a look-up takes what an earlier attempt asked for as what it is.
    return made.error.next === 'ignore' ? err(doubt(made.error.reason)) : made
  },
}
