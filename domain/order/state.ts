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

/** An order of which only the id is known. */
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

/** The one-word status for people; a projection, never stored. */
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

/** A later check does not keep an order open; its finding does. */
const isComplete = (intent: Intent): boolean =>
  isOver(intent) || (effectCatalogue[intent.effect].isCheck === true && intent.state === 'pending')

/** When the sweeper must look at this order next. */
export function dueAt(state: OrderState): Instant | undefined {
  return earliest([
    ...Object.values(state.intents).map((i) => (isParked(state, i) ? undefined : i.wakeAt)),
    ...Object.values(state.stages).map((stage) => (stage.scored ? undefined : stage.dueAt)),
    state.route || state.cancelledAt ? undefined : state.routeAt,
    state.stock?.wakeAt,
  ])
}

/**
 * A digest of what a system of this kind should have of the order now; if it is unchanged, there is nothing to send.
 * For a warehouse it ends with the shipping terms.
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

/** The shipping terms in a release's digest; `undefined` if it has none. */
export const parcelIn = (given: string | undefined): string | undefined => given?.split('/')[1]

const isSame = (given: string, other: string): boolean =>
  given.split('/')[0] === other.split('/')[0]

/** The channel's rounding of removed units; it is unknown for units the channel does not know of or that have left. */
const roundingIn = ({ seen, lines }: OrderState): readonly number[] =>
  seen?.terms.rounding !== undefined && lines.every((line) => line.cancelled === line.removed)
    ? [seen.terms.rounding]
    : []

/** Something left, and nothing is waited for any more. */
export const hasLeft = ({ lines }: OrderState): boolean =>
  lines.some((line) => line.shipped > 0) && lines.every((line) => toShip(line) === 0)

/** The warehouse was given units that it has not shipped. */
export const warehouseHolds = ({ lines }: OrderState): boolean =>
  lines.some((line) => atWarehouse(line) > 0)

/** The warehouse has an outdated version of the order and has not shipped all of it. */
export const isOutdated = (state: OrderState): boolean =>
  state.acknowledged.wms !== undefined &&
  !isSame(state.acknowledged.wms, desiredDigest(state, 'wms')) &&
  (warehouseHolds(state) || state.lines.some((line) => maySend(line) > 0))

export const needsWarehouse = (state: OrderState): boolean =>
  state.lines.some((line) => maySend(line) > 0) || mayHaveHappened(releaseOf(state))

/** An order is posted once. */
export const postingOf = (state: OrderState): Intent | undefined => state.intents['create-order']

/** The number of the release in force: after one that the warehouse cancelled or completed, the next begins. */
export const roundOf = ({ intents, completed = 0 }: OrderState): number =>
  1 +
  completed +
  Object.values(intents).filter((i) => i.effect === 'cancel-release' && i.state === 'done').length

/** The id of an effect that happens once per round. */
export const inRound = (effect: EffectName, round: number): string =>
  round === 1 ? effect : `${effect}:${round}`

/** Asks the warehouse to cancel the release in force; a new id if an earlier request was withdrawn. */
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

/** Has or may have had an effect at the system. */
export const mayHaveHappened = (intent: Intent | undefined): boolean =>
  intent !== undefined &&
  (intent.state === 'sent' || intent.state === 'doubt' || intent.state === 'done')
