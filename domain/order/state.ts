import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { LedgerLine } from '../../schemas/events/order-event.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { isParked } from './claims.ts'
import { connectionOfOrder } from './order-id.ts'
import { earliest } from './time.ts'

/** An order of which nothing is known yet but its name. */
export const unknownOrder = (id: OrderId): OrderState => ({
  id,
  connection: connectionOfOrder(id),
  rev: 0,
  lines: [],
  problems: [],
  intents: {},
  shipments: {},
  exceptions: {},
  stages: {},
  kept: {},
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
  if (state.cancelledAt) return 'cancelled'
  const settled = Object.values(state.intents).every((intent) => intent.state === 'done')
  if (isAccepted(state) && settled && state.lines.every((line) => toShip(line) === 0)) {
    return 'complete'
  }
  if (state.lines.some((line) => line.shipped > 0)) {
    return state.lines.every((line) => toShip(line) === 0) ? 'shipped' : 'partially-shipped'
  }
  if (intentFor(state, 'release-order')?.state === 'done') return 'released'
  return isAccepted(state) ? 'accepted' : 'captured'
}

/** When the sweeper has to look at this order next. */
export function dueAt(state: OrderState): Instant | undefined {
  return earliest([
    ...Object.values(state.intents).map((i) => (isParked(state, i) ? undefined : i.wakeAt)),
    ...Object.values(state.stages).map((stage) => (stage.scored ? undefined : stage.dueAt)),
    state.route || state.cancelledAt ? undefined : state.routeAt,
  ])
}

/** Units that were ordered and not taken back. */
export const toDeliver = (line: LedgerLine): number => line.ordered - line.cancelled

/** Units of a shippable line that have not left yet. */
export const toShip = (line: LedgerLine): number =>
  line.shippable ? Math.max(0, toDeliver(line) - line.shipped) : 0

/** Something left, and nothing is waited for any more. */
export const hasLeft = ({ lines }: OrderState): boolean =>
  lines.some((line) => line.shipped > 0) && lines.every((line) => toShip(line) === 0)

export const needsWarehouse = (state: OrderState): boolean =>
  state.lines.some((line) => line.shippable && toDeliver(line) > 0)

/** The ids of effects that happen once per order are the effect's name. */
export const intentFor = (
  state: OrderState,
  effect: 'create-order' | 'cancel-order' | 'release-order',
): Intent | undefined => state.intents[effect]

export const isAccepted = (state: OrderState): boolean =>
  intentFor(state, 'create-order')?.state === 'done'

/** May still have an effect: waiting, on its way, or unknown. */
export const isOpen = ({ state }: Intent): boolean =>
  state === 'pending' || state === 'sent' || state === 'doubt'

/** Has or may have had an effect outside. */
export const mayHaveHappened = (intent: Intent | undefined): boolean =>
  intent !== undefined &&
  (intent.state === 'sent' || intent.state === 'doubt' || intent.state === 'done')
