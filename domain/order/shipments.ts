import type { Instant } from '../../schemas/canonical/instant.ts'
import type { LedgerLine, OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { ReportedShipment } from '../plug.ts'
import { raise, unlessStanding } from './exceptions.ts'
import type { FactOf } from './facts.ts'
import { intentFor, toDeliver } from './state.ts'

type Shipped = Pick<FactOf<'shipped'>, 'connection' | 'shipment' | 'at'>

/**
 * A parcel left. A release is in the ledger before it is sent, so a parcel without one is kept, and stands as an
 * exception until it fits.
 */
export function shipmentEvents(state: OrderState, fact: Shipped): readonly OrderEvent[] {
  const { shipment, connection } = fact
  const key = `shipped:${shipment.id}`
  if (state.shipments[shipment.id] || (state.kept[key] && !fits(state))) return []
  if (!fits(state)) {
    const reason = `parcel ${shipment.id} left for an order that was not released`
    return [
      { type: 'fact.kept', connection, key, fact: JSON.stringify({ connection, shipment }) },
      raise('unknown-shipment-line', key, { ...fact, reason }),
    ]
  }
  const warehouse = intentFor(state, 'release-order')?.connection
  if (warehouse !== connection) return disbelieved(state, fact)
  return [...releasedByEvidence(state, fact), ...confirmed(state, fact)]
}

/** One system's credentials say nothing about what another one ships. */
function disbelieved(
  state: OrderState,
  { connection, shipment, at }: Shipped,
): readonly OrderEvent[] {
  const reason = `${connection} reports parcel ${shipment.id} of an order that it was not given`
  const raised = raise('unknown-shipment-line', shipment.id, { at, reason, connection })
  return unlessStanding(state, raised)
}

/** Facts that were kept and fit now. */
export function keptEvents(state: OrderState, at: Instant): readonly OrderEvent[] {
  if (!fits(state)) return []
  const [key, text] = Object.entries(state.kept)[0] ?? []
  if (key === undefined || text === undefined) return []
  // It was written by `shipmentEvents` above.
  const { connection, shipment } = JSON.parse(text) as Omit<Shipped, 'at'>
  return [{ type: 'fact.used', key }, ...shipmentEvents(state, { connection, shipment, at })]
}

/** A warehouse ships only what was released to it, so the release has at least been sent. */
const fits = (state: OrderState): boolean => (intentFor(state, 'release-order')?.epoch ?? 0) > 0

/** A parcel proves that the warehouse has the order, even when its answer to the release was lost. */
function releasedByEvidence(state: OrderState, { connection, shipment }: Shipped): OrderEvent[] {
  if (intentFor(state, 'release-order')?.state === 'done') return []
  const reference = { id: shipment.warehouseOrder }
  return [{ type: 'order.released', intentId: 'release-order', connection, reference }]
}

function confirmed(state: OrderState, { connection, shipment, at }: Shipped): OrderEvent[] {
  const { lines, strange, excess } = allot(state.lines, shipment)
  const { warehouseOrder: _, ...parcel } = shipment
  const about = (reason: string) => ({ at, reason, connection })
  return [
    { type: 'shipment.confirmed', connection, shipment: { ...parcel, lines } },
    ...strange.map((sku) =>
      raise(
        'unknown-shipment-line',
        shipment.id,
        about(`parcel ${shipment.id} holds ${sku}, which the order does not`),
      ),
    ),
    ...excess.map((sku) =>
      raise(
        'over-shipped',
        shipment.id,
        about(`parcel ${shipment.id} holds more ${sku} than was left to ship`),
      ),
    ),
  ]
}

/** Spreads a parcel's units per sku over the lines that still wait for them, in the order's own order. */
function allot(lines: readonly LedgerLine[], { lines: parcel }: ReportedShipment) {
  const taken = new Map<string, number>()
  const strange: string[] = []
  const excess: string[] = []
  for (const { sku, quantity } of parcel) {
    const matching = lines.filter((line) => line.sku === sku)
    if (matching.length === 0) strange.push(sku)
    let left = quantity
    for (const line of matching) {
      const already = taken.get(line.id) ?? 0
      const units = Math.max(0, Math.min(left, toDeliver(line) - line.shipped - already))
      if (units > 0) taken.set(line.id, already + units)
      left -= units
    }
    if (left > 0 && matching.length > 0) excess.push(sku)
  }
  return { lines: [...taken].map(([id, quantity]) => ({ id, quantity })), strange, excess }
}
