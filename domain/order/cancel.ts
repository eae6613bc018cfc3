import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { raise, unlessStanding } from '../exceptions/raise.ts'
import type { Policy } from './policy.ts'
import { cancelReleaseId, releaseOf, warehouseHolds } from './state.ts'

/**
 * A requested cancellation ends in one of two ways: the order is cancelled because the warehouse has nothing of it or
 * cancelled it, or an exception is raised because the warehouse continues. Until then it waits.
 */
export function cancellation(
  state: OrderState,
  at: Instant,
  policy: Policy,
): readonly OrderEvent[] {
  if (!state.cancelRequestedAt || state.cancelledAt) return []
  const release = releaseOf(state)
  const reason = state.cancelReason ?? 'cancelled at the channel'

  switch (release?.state) {
    case 'sent':
    case 'doubt':
      return []
    case 'done': {
      const verdict = atTheWarehouse(state, policy)
      if (verdict === undefined) return []
      const about = { at, connection: state.connection, reason: `${reason}; ${verdict}` }
      return unlessStanding(state, raise('cancelled-after-release', '', about))
    }
    case undefined:
    case 'pending':
    case 'refused':
    case 'withdrawn':
      return [{ type: 'order.cancelled', reason }]
  }
}

/** Why the warehouse continues; `undefined` until it has answered. */
function atTheWarehouse(state: OrderState, policy: Policy): string | undefined {
  const release = releaseOf(state)
  if (!release) return undefined
  const number = release.reference?.number ?? release.reference?.id
  if (!warehouseHolds(state))
    return `the warehouse has shipped all of it as ${number}; expect it back`
  if (!policy.can(release.connection, 'cancel-release')) {
    return `the warehouse already has it as ${number}`
  }
  const asked = state.intents[cancelReleaseId(state)]
  if (asked?.state !== 'refused') return undefined
  return `the warehouse does not cancel ${number}: ${asked.trouble}`
}
