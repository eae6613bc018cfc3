import type { Order } from '../../schemas/canonical/order.ts'
import type { Intent, LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import type { Aggregate, EffectView } from '../effects/aggregate.ts'
import { type EffectRow, effectCatalogue, purposeOf } from '../effects/catalogue.ts'
import type { Subject } from '../effects/effect.ts'
import { Fault } from '../fault.ts'
import { awaitedUntil, claimableFrom, isBlocked } from './claims.ts'
import { digestOf, sellsTheSame } from './digest.ts'
import { forWarehouse, toDeliver, toldInAll, toTell } from './lines.ts'
import { type RecordFactDeps, recordFact } from './record-fact.ts'
import { postingOf, releaseOf, roundOf } from './state.ts'

interface OrderView extends EffectView {
  readonly state: OrderState
}

/** Orders as an aggregate for the effects engine. */
export const orderAggregate = (deps: RecordFactDeps): Aggregate => ({
  async load({ orderId, intentId }) {
    const { state, ...opened } = await deps.ledger.open(orderId, purposeOf(intentId))
    return { ...opened, view: state && viewOf(state, intentId) }
  },
  // The engine only passes back views that this aggregate returned.
  async record({ orderId, intentId, traceparent }, fact, last?: OrderView) {
    const about = { id: orderId, traceparent, last: last?.state }
    const { state, events } = await recordFact(about, fact, deps)
    return { view: viewOf(state, intentId), isNews: events.length > 0 }
  },
  subjectOf({ state, intent }: OrderView, order) {
    if (!intent) throw new Fault(`order ${state.id} has no such effect`)
    return subjectOf(state, intent, order)
  },
})

function viewOf(state: OrderState, intentId: string): OrderView {
  const intent = state.intents[intentId]
  return {
    state,
    intent,
    from: claimableFrom(state, intentId),
    until: awaitedUntil(state, intentId),
    isBlocked: intent !== undefined && isBlocked(state, intent),
    lines: state.lines,
    speaksOf: (order) =>
      state.seen !== undefined && sellsTheSame(digestOf(order), state.seen.digest),
  }
}

/** The current subject of an effect. */
export function subjectOf(state: OrderState, intent: Intent, order: Order): Subject {
  const erp = postingOf(state)?.reference
  const wms = releaseOf(state)?.reference
  const shipment = intent.shipmentId ? state.shipments[intent.shipmentId] : undefined
  const { units } = effectCatalogue[intent.effect]
  const unitsOf = units ? unitsFor[units] : toDeliver
  return {
    order,
    lines: state.lines.map((line) => ({
      id: line.id,
      quantity: unitsOf(line),
      ...(units === 'taken-back' && { takenInAll: toldInAll(line) }),
    })),
    references: { ...(erp && { erp }), ...(wms && { wms }) },
    round: roundOf(state),
    ...(shipment && { shipment }),
    parcels: Object.keys(state.shipments),
    agreed: agreedIn(state),
  }
}

/** Resolving `money-mismatch` means posting the channel's total. A mismatch found at the ERP is separate. */
const agreedIn = ({ resolved }: OrderState): readonly string[] =>
  Object.entries(resolved)
    .filter(([key]) => /^money-mismatch(?!:erp$)/.test(key))
    .map(([, reason]) => reason)

/** The units of a line that an effect is about, if not the units to deliver. */
const unitsFor: Readonly<Record<NonNullable<EffectRow['units']>, (line: LedgerLine) => number>> = {
  'for-warehouse': forWarehouse,
  'taken-back': toTell,
}
