import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { raise } from './exceptions.ts'
import { intentFor } from './state.ts'

/**
 * A cancellation that was asked for ends in one of two ways: the order is cancelled because nothing was released,
 * or it stands as an exception because the warehouse has it. While the release's end is unknown, it waits.
 */
export function cancellation(state: OrderState, at: Instant): readonly OrderEvent[] {
  if (!state.cancelRequestedAt || state.cancelledAt) return []
  const release = intentFor(state, 'release-order')
  const reason = state.cancelReason ?? 'cancelled at the channel'

  switch (release?.state) {
    case 'sent':
    case 'doubt':
      return []
    case 'done':
      if (state.exceptions['cancelled-after-release']) return []
      return [
        raise('cancelled-after-release', '', {
          at,
          connection: state.connection,
          reason: `${reason}; the warehouse already has it as ${release.reference?.number ?? release.reference?.id}`,
        }),
      ]
    case undefined:
    case 'pending':
    case 'refused':
    case 'withdrawn':
      return [{ type: 'order.cancelled', reason }]
  }
}
