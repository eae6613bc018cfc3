import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { EffectName, OrderEvent, Route } from '../../schemas/events/order-event.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import { after } from '../instant.ts'
import { isBlocked, isParked } from './claims.ts'
import { isOpen, isOver } from './intents.ts'
import { isPartlyPacked, toTell } from './lines.ts'
import type { Policy } from './policy.ts'
import {
  cancelReleaseId,
  desiredDigest,
  inRound,
  isAccepted,
  isOutdated,
  needsWarehouse,
  releaseOf,
  roundOf,
  warehouseHolds,
} from './state.ts'

interface Need {
  readonly id: string
  readonly effect: EffectName
  readonly connection: Intent['connection']
  readonly shipmentId?: string
}

/** Requests effects that the state needs, repeats those without an answer, and withdraws those that it no longer needs. */
export function neededEffects(
  state: OrderState,
  at: Instant,
  policy: Policy,
): readonly OrderEvent[] {
  const needed = needs(state, policy)
  const ids = new Set(needed.map(({ id }) => id))
  const fresh = needed
    .filter(({ id }) => (state.intents[id]?.state ?? 'withdrawn') === 'withdrawn')
    .filter((need) => !isBlocked(state, need))
    .map((need) => request(need, at, resendSeconds))
  const idle = Object.entries(state.intents).filter(
    ([id, intent]) => isIdle(intent) && !ids.has(id),
  )
  const forgotten = Object.entries(state.intents)
    .filter(([id]) => !idle.some(([other]) => other === id))
    .filter(([, intent]) => intent.wakeAt !== undefined && intent.wakeAt <= at)
    .filter(([, intent]) => !isParked(state, intent))
    .map(([id, intent]) =>
      request({ id, ...intent }, at, resendSeconds * 2 ** Math.min(intent.resends, 4)),
    )
  const checks = duplicateChecks(state, at, policy)
  const withdrawn = idle.map(([id]): OrderEvent => ({ type: 'effect.withdrawn', intentId: id }))
  return [...fresh, ...checks, ...withdrawn, ...forgotten]
}

/** May have become unnecessary, and nothing of it has happened. */
const isIdle = ({ effect, state }: Intent): boolean =>
  effectCatalogue[effect].retractable === true && (state === 'pending' || state === 'refused')

/** Seconds after which no system still carries out a request that its caller gave up on. */
const checkSeconds = 24 * 3600

/** After a creation that was in doubt, the unanswered request may still have been carried out later. */
function duplicateChecks(state: OrderState, at: Instant, policy: Policy): readonly OrderEvent[] {
  const creation = state.intents['create-order']
  if (!creation?.doubted || isOpen(creation) || state.intents['check-duplicates']) return []
  const { connection } = creation
  if (!policy.can(connection, 'check-duplicates')) return []
  const about = { intentId: 'check-duplicates', effect: 'check-duplicates', connection } as const
  return [{ type: 'effect.scheduled', ...about, notBefore: after(at, checkSeconds) }]
}

/** Seconds until an unanswered effect is requested again. */
const resendSeconds = 300

function needs(state: OrderState, policy: Policy): readonly Need[] {
  const { route, seen } = state
  if (!route || !seen) return []
  return [
    ...acceptance(state, policy),
    ...erpNeeds(state, route, policy),
    ...warehouseNeeds(state, route, policy),
    ...Object.values(state.shipments).flatMap((shipment) => shipmentNeeds(state, shipment, policy)),
    ...saleNeeds(state, policy),
  ]
}

function acceptance(state: OrderState, policy: Policy): readonly Need[] {
  const { connection, seen, cancelRequestedAt } = state
  if (!seen?.awaiting || cancelRequestedAt || !policy.can(connection, 'accept-order')) return []
  return [{ id: 'accept-order', effect: 'accept-order', connection }]
}

function erpNeeds(state: OrderState, { erp }: Route, policy: Policy): readonly Need[] {
  const about = { connection: erp }
  if (!isAccepted(state)) {
    return state.cancelledAt ? [] : [{ id: 'create-order', effect: 'create-order', ...about }]
  }
  // How many units remain is known only after the warehouse answers.
  const unsure = releaseOf(state)?.state !== 'done' || warehouseHolds(state)
  if (state.cancelRequestedAt && !state.cancelledAt && unsure) return []
  const left = state.lines.some((line) => line.shipped > 0 || line.fulfilledByChannel > 0)
  if (state.cancelledAt && !left) return [{ id: 'cancel-order', effect: 'cancel-order', ...about }]
  const amended =
    state.acknowledged.erp !== undefined && state.acknowledged.erp !== desiredDigest(state, 'erp')
  return amended && policy.can(erp, 'amend-order') ? [next(state, 'amend-order', erp)] : []
}

function warehouseNeeds(state: OrderState, { wms }: Route, policy: Policy): readonly Need[] {
  const release = releaseOf(state)
  const round = roundOf(state)
  if (release?.state !== 'done') {
    const wanted = !state.cancelledAt && isAccepted(state) && needsWarehouse(state)
    return wanted
      ? [{ id: inRound('release-order', round), effect: 'release-order', connection: wms }]
      : []
  }
  const { connection } = release
  const ending = state.cancelRequestedAt !== undefined && !state.cancelledAt
  if (!(ending ? warehouseHolds(state) : isOutdated(state))) return []
  if (!ending && policy.can(connection, 'amend-release')) {
    return [next(state, 'amend-release', connection)]
  }
  if (!policy.can(connection, 'cancel-release')) return []
  // The rest of a bundle follows; a new release would ship the whole bundle again.
  if (!ending && state.lines.some(isPartlyPacked)) return []
  return [{ id: cancelReleaseId(state), effect: 'cancel-release', connection }]
}

/** The channel is told of units cancelled here once the warehouse can no longer ship them. */
function saleNeeds(state: OrderState, policy: Policy): readonly Need[] {
  const { connection, cancelRequestedAt, cancelledAt } = state
  const certain = cancelRequestedAt ? cancelledAt !== undefined : !isOutdated(state)
  if (!certain || !state.lines.some((line) => toTell(line) > 0)) return []
  return policy.can(connection, 'cancel-sale') ? [next(state, 'cancel-sale', connection)] : []
}

/** The next of an effect that may be needed repeatedly; only one is open at a time. */
function next(state: OrderState, effect: EffectName, connection: Intent['connection']): Need {
  const over = Object.values(state.intents).filter((i) => i.effect === effect && isOver(i)).length
  return { id: inRound(effect, over + 1), effect, connection }
}

/** A parcel is reported to the ERP first and to the channel second, unless the channel's deadline comes first. */
function shipmentNeeds(
  state: OrderState,
  { id: shipmentId, lines }: Shipment,
  policy: Policy,
): readonly Need[] {
  const { route, connection } = state
  // An ERP or a channel cannot book part of a bundle.
  if (!route || lines.length === 0) return []
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
  const told = policy.can(connection, 'confirm-shipment')
  return told && posting && (!isOpen(posting) || late) ? [post, confirm] : [post]
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
