import type { Intent, LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { forWarehouse, toDeliver, toldInAll, toTell } from '../order/lines.ts'
import { postingOf, releaseOf, roundOf } from '../order/state.ts'
import { type EffectRow, effectCatalogue } from './catalogue.ts'
import type { Subject } from './effect.ts'

/** What an effect is about, as the ledger has it now. */
export function subjectOf(state: OrderState, intent: Intent, order: Subject['order']): Subject {
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

/** Resolving that the money does not add up means to post what the channel says. What the ERP made of it is another matter. */
const agreedIn = ({ resolved }: OrderState): readonly string[] =>
  Object.entries(resolved)
    .filter(([key]) => /^money-mismatch(?!:erp$)/.test(key))
    .map(([, reason]) => reason)

/** The units of a line that an effect is about, where that is not what the buyer is to get. */
const unitsFor: Readonly<Record<NonNullable<EffectRow['units']>, (line: LedgerLine) => number>> = {
  'for-warehouse': forWarehouse,
  'taken-back': toTell,
}
