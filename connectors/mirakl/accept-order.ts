import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { call } from './call.ts'
import { standingOrder } from './fetch-order.ts'
import { accepted } from './standing.ts'

/**
 * Says yes to every line that is still wanted (OR21), which Mirakl takes in one piece only. The order's state tells
 * whether it was said before, by whomever.
 */
export const acceptOrder: Effect = {
  safety: { by: 'lookup', lagSeconds: 60 },
  find: 'in-doubt',
  look: async (account, { order }) => {
    const wire = await standingOrder(account, order.channelOrderId)
    if (!wire.ok) return wire
    return ok(accepted.has(wire.value.order_state) ? toReference(order) : undefined)
  },
  make: async (account, subject) => {
    const { order } = subject
    const order_lines = decisions(subject)
    if (!order_lines.some(({ accepted: yes }) => yes)) {
      return err(
        except('effect-refused', 'no line is wanted any more: refuse it at the marketplace'),
      )
    }
    const said = await call(account, {
      kind: 'write',
      method: 'PUT',
      path: `/orders/${encodeURIComponent(order.channelOrderId)}/accept`,
      body: { order_lines },
    })
    if (said.ok) return ok(toReference(order))
    if (said.error.next !== 'except') return said

    const wire = await standingOrder(account, order.channelOrderId)
    if (!wire.ok || wire.value.order_state === 'WAITING_ACCEPTANCE') return said
    return accepted.has(wire.value.order_state)
      ? ok(toReference(order))
      : err(except('effect-refused', `the order is ${wire.value.order_state} at the marketplace`))
  },
}

/** A decision for each line that waits for one: no for those we do not want any more. */
function decisions({ order, lines }: Subject) {
  const wanted = new Map(lines.map(({ id, quantity }) => [id, quantity]))
  return order.lines
    .filter(({ quantity, removed }) => quantity > removed)
    .map(({ id }) => ({ id, accepted: wanted.get(id) !== 0 }))
}

const toReference = ({ channelOrderId }: Subject['order']): Reference => ({ id: channelOrderId })
