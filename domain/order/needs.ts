import type { Instant } from '../../schemas/canonical/instant.ts'
import type { EffectName, OrderEvent } from '../../schemas/events/order-event.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { isBlocked, isParked } from './claims.ts'
import { intentFor, isAccepted, isOpen, needsWarehouse } from './state.ts'
import { after } from './time.ts'

interface Need {
  readonly id: string
  readonly effect: EffectName
  readonly connection: Intent['connection']
  readonly shipmentId?: string
}

/** Asks for effects that the state calls for and that nobody was asked for yet, and again for those nobody answered. */
export function neededEffects(state: OrderState, at: Instant): readonly OrderEvent[] {
  const fresh = needs(state)
    .filter((need) => !state.intents[need.id] && !isBlocked(state, need))
    .map((need) => request(need, at, patience))
  const forgotten = Object.entries(state.intents)
    .filter(([, intent]) => intent.wakeAt !== undefined && intent.wakeAt <= at)
    .filter(([, intent]) => !isParked(state, intent))
    .map(([id, intent]) =>
      request({ id, ...intent }, at, patience * 2 ** Math.min(intent.nudges, 4)),
    )
  return [...fresh, ...forgotten]
}

/** Seconds until an effect that was asked for is asked for again. */
const patience = 300

function needs(state: OrderState): Need[] {
  const { route, seen } = state
  if (!route || !seen) return []
  const erp = { connection: route.erp }
  if (state.cancelledAt) {
    const posted = intentFor(state, 'create-order')?.state === 'done'
    return posted ? [{ id: 'cancel-order', effect: 'cancel-order', ...erp }] : []
  }

  const release: Need = { id: 'release-order', effect: 'release-order', connection: route.wms }
  return [
    { id: 'create-order', effect: 'create-order', ...erp },
    ...(isAccepted(state) && needsWarehouse(state) ? [release] : []),
    ...Object.keys(state.shipments).flatMap((shipmentId) => shipmentNeeds(state, shipmentId)),
  ]
}

/** The ERP hears of a parcel first and the channel second, unless the channel's deadline comes nearer. */
function shipmentNeeds(state: OrderState, shipmentId: string): Need[] {
  const { route, connection } = state
  if (!route) return []
  const post: Need = {
    id: `post-shipment:${shipmentId}`,
    effect: 'post-shipment',
    connection: route.erp,
    shipmentId,
  }
  const confirm: Need = {
    id: `confirm-shipment:${shipmentId}`,
    effect: 'confirm-shipment',
    connection,
    shipmentId,
  }
  const posting = state.intents[post.id]
  const late = state.stages[`confirmed:${shipmentId}`]?.scored === true
  return posting && (!isOpen(posting) || late) ? [post, confirm] : [post]
}

function request(
  { id, effect, connection, shipmentId }: Need,
  at: Instant,
  seconds: number,
): OrderEvent {
  return {
    type: 'effect.requested',
    intentId: id,
    effect,
    connection,
    ...(shipmentId !== undefined && { shipmentId }),
    wakeAt: after(at, seconds),
  }
}
