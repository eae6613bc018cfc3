import { shortOf } from './contents.ts'
import { trackingNumberOf } from './from-shipment.ts'
import type { ShipmentWire } from './wire.ts'

/** Where a shipment is. `short`: it waits for nothing but stock, and ShipBob says for which. */
export type Standing = 'left' | 'waiting' | 'held' | 'short' | 'cancelled'

/** `assumed` is what a shipment that is still in the warehouse means under the topic that it came with. */
export function standingOf(shipment: ShipmentWire, assumed: Standing = 'waiting'): Standing {
  const standing = standings[shipment.status ?? ''] ?? 'waiting'
  if (standing === 'held' && waitsForStock(shipment)) return 'short'
  if (standing !== 'waiting') return standing
  // ShipBob calls an order shipped once it has tracking; the label may be printed hours before pick-up.
  return trackingNumberOf(shipment) ? 'left' : assumed
}

/** How far a shipment is that cannot be cancelled any more, in words; `undefined` when it still can. */
export function tooLate({ status, status_details }: ShipmentWire): string | undefined {
  const names = (status_details ?? []).map(({ name }) => name?.toLowerCase())
  if (status === 'LabeledCreated') return 'labeled'
  return ['labeled', 'packed', 'picked'].find((stage) => names.includes(stage))
}

/** `Completed` has left the building, delivered or not (status reference, read 2026-11-21). */
const standings: Readonly<Record<string, Standing>> = {
  Completed: 'left',
  Exception: 'held',
  OnHold: 'held',
  ImportReview: 'held',
  Cancelled: 'cancelled',
}

/** Causes of an exception that end by themselves when there is stock (303 and 305 to 308 of the status reference). */
const lacks: ReadonlySet<string | null | undefined> = new Set([
  'OutOfStock',
  'InternalTransferInProgress',
  'BinTransferInProgress',
  'InventoryInNonPickableLocation',
  'InventoryPartiallyCommitted',
])

const waitsForStock = (shipment: ShipmentWire): boolean =>
  shipment.status === 'Exception' &&
  (shipment.status_details ?? []).length > 0 &&
  (shipment.status_details ?? []).every(({ name }) => lacks.has(name)) &&
  shortOf(shipment).length > 0
