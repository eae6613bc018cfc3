import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { Fault } from '../fault.ts'
import { after } from '../instant.ts'
import { cancellation } from './cancel.ts'
import { evolve } from './evolve.ts'
import { maySend } from './lines.ts'
import { neededEffects } from './needs.ts'
import type { Policy } from './policy.ts'
import { keptEvents } from './shipments.ts'
import { stageEvents } from './stages.ts'
import { standingExceptions } from './standing.ts'
import { releaseOf, warehouseHolds } from './state.ts'

/**
 * Everything that follows from a state alone, whatever fact led to it. This is why the order of arrival does not
 * matter.
 */
const consequences: readonly ((
  state: OrderState,
  at: Instant,
  policy: Policy,
) => readonly OrderEvent[])[] = [
  routing,
  keptEvents,
  cancellation,
  completion,
  standingExceptions,
  neededEffects,
  stageEvents,
]

/** Seconds until the settings are read again; the ledger is not notified when they change. */
const routePatience = 900

/** An order without a route takes the first one that matches after the settings change. */
function routing(state: OrderState, at: Instant, policy: Policy): readonly OrderEvent[] {
  const { seen, connection, routeAt } = state
  if (!seen || state.route || state.cancelledAt) return []
  const route = policy.route({ connection, currency: seen.currency, country: seen.country })
  if (route) return [{ type: 'order.routed', route }]
  if (routeAt && routeAt > at) return []
  return [{ type: 'route.sought', nextAt: after(at, routePatience) }]
}

/** A warehouse cannot add to an order it has shipped, so units that follow need another release. */
function completion(state: OrderState): readonly OrderEvent[] {
  const { cancelRequestedAt, lines } = state
  if (releaseOf(state)?.state !== 'done' || cancelRequestedAt || warehouseHolds(state)) return []
  const more = lines.some((line) => maySend(line) > 0)
  return more && lines.some((line) => line.shipped > line.shippedEarlier)
    ? [{ type: 'release.completed' }]
    : []
}

/** Applies the consequences until nothing new follows. */
export function applyConsequences(
  start: OrderState,
  at: Instant,
  policy: Policy,
): { readonly state: OrderState; readonly events: readonly OrderEvent[] } {
  const events: OrderEvent[] = []
  // Each round can use one deferred fact.
  const rounds = 10 + Object.keys(start.deferredFacts).length
  let state = start
  for (let round = 0; round < rounds; round++) {
    const before = events.length
    for (const consequence of consequences) {
      for (const event of consequence(state, at, policy)) {
        events.push(event)
        state = evolve(state, event, at)
      }
    }
    if (events.length === before) return { state, events }
  }
  throw new Fault(`order ${start.id} does not converge: ${events.map((e) => e.type).join(', ')}`)
}
