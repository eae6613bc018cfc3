import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { type Intent, type OrderState, schemaVersion } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import { earliest } from '../instant.ts'
import { isParked } from './claims.ts'
import { digest } from './digest.ts'
import { isOver } from './intents.ts'
import { atWarehouse, forWarehouse, maySend, toDeliver, toShip } from './lines.ts'
import { connectionOfOrder } from './order-id.ts'

/** An order of which nothing is known yet but its name. */
export const unknownOrder = (id: OrderId): OrderState => ({
  schema: schemaVersion,
  id,
  connection: connectionOfOrder(id),
  rev: 0,
  acknowledged: {},
  lines: [],
  problems: [],
  intents: {},
  shipments: {},
  exceptions: {},
  stages: {},
  deferredFacts: {},
  resolved: {},
  commands: [],
})

export type Status =
  | 'expected'
  | 'captured'
  | 'accepted'
  | 'released'
  | 'partially-shipped'
  | 'shipped'
  | 'complete'
  | 'cancelled'

/** The one word people ask for; a projection, never stored as truth. */
export function statusOf(state: OrderState): Status {
  if (!state.seen) return 'expected'
  const moving = state.lines.some((line) => line.shipped > 0)
  if (state.cancelledAt && !moving) return 'cancelled'
  const all = state.lines.every((line) => toShip(line) === 0)
  if (isAccepted(state) && all && Object.values(state.intents).every(isComplete)) return 'complete'
  if (moving) return all ? 'shipped' : 'partially-shipped'
  if (releaseOf(state)?.state === 'done') return 'released'
  return isAccepted(state) ? 'accepted' : 'captured'
}

/** A check that is still to come does not keep an order open; what it finds does. */
const isComplete = (intent: Intent): boolean =>
  isOver(intent) || (effectCatalogue[intent.effect].isCheck === true && intent.state === 'pending')

/** When the sweeper has to look at this order next. */
export function dueAt(state: OrderState): Instant | undefined {
  return earliest([
    ...Object.values(state.intents).map((i) => (isParked(state, i) ? undefined : i.wakeAt)),
    ...Object.values(state.stages).map((stage) => (stage.scored ? undefined : stage.dueAt)),
    state.route || state.cancelledAt ? undefined : state.routeAt,
    state.stock?.wakeAt,
  ])
}

/**
 * What a system of this kind is to have of the order now; two that are the same leave nothing to tell it. What a warehouse is
 * to have ends with how its parcels go.
 */
export function desiredDigest(state: OrderState, side: 'erp' | 'wms'): string {
  const terms = state.seen?.terms
  if (side === 'erp') {
    const lines = state.lines.map((line) => [line.id, toDeliver(line)])
    return digest([terms?.erp, lines, ...roundingIn(state)])
  }
  const lines = state.lines.map((line) => (line.shippable ? [line.id, forWarehouse(line)] : []))
  const whole = digest([terms?.wms, lines])
  return terms?.parcel === undefined ? whole : `${whole}/${terms.parcel}`
}

/** How the parcels go of a release that was given this; `undefined` when it was written without. */
export const parcelIn = (given: string | undefined): string | undefined => given?.split('/')[1]

const isSame = (given: string, other: string): boolean =>
  given.split('/')[0] === other.split('/')[0]

/** The channel rounds what it has taken back; of units that it does not know of, or that have left, it says nothing yet. */
const roundingIn = ({ seen, lines }: OrderState): readonly number[] =>
  seen?.terms.rounding !== undefined && lines.every((line) => line.cancelled === line.removed)
    ? [seen.terms.rounding]
    : []

/** Something left, and nothing is waited for any more. */
export const hasLeft = ({ lines }: OrderState): boolean =>
  lines.some((line) => line.shipped > 0) && lines.every((line) => toShip(line) === 0)

/** The warehouse was given units that it has not sent. */
export const warehouseHolds = ({ lines }: OrderState): boolean =>
  lines.some((line) => atWarehouse(line) > 0)

/** The warehouse works by something else than what stands now, and has not sent it all. */
export const isOutdated = (state: OrderState): boolean =>
  state.acknowledged.wms !== undefined &&
  !isSame(state.acknowledged.wms, desiredDigest(state, 'wms')) &&
  (warehouseHolds(state) || state.lines.some((line) => maySend(line) > 0))

export const needsWarehouse = (state: OrderState): boolean =>
  state.lines.some((line) => maySend(line) > 0) || mayHaveHappened(releaseOf(state))

/** The posting is an order's one. */
export const postingOf = (state: OrderState): Intent | undefined => state.intents['create-order']

/** Which release is in force: one that the warehouse let go of, or has sent all of, is followed by the next. */
export const roundOf = ({ intents, completed = 0 }: OrderState): number =>
  1 +
  completed +
  Object.values(intents).filter((i) => i.effect === 'cancel-release' && i.state === 'done').length

/** The id of an effect that happens once in a round. */
export const inRound = (effect: EffectName, round: number): string =>
  round === 1 ? effect : `${effect}:${round}`

/** Asks the warehouse to let go of the release in force: anew when it was not wanted for a while. */
export function cancelReleaseId(state: OrderState): string {
  const round = roundOf(state)
  let id = inRound('cancel-release', round)
  for (let n = 2; state.intents[id]?.state === 'withdrawn'; n++) id = `cancel-release:${round}:${n}`
  return id
}

/** The release in force. */
export const releaseOf = (state: OrderState): Intent | undefined =>
  state.intents[inRound('release-order', roundOf(state))]

export const isAccepted = (state: OrderState): boolean => postingOf(state)?.state === 'done'

/** Has or may have had an effect outside. */
export const mayHaveHappened = (intent: Intent | undefined): boolean =>
  intent !== undefined &&
  (intent.state === 'sent' || intent.state === 'doubt' || intent.state === 'done')
