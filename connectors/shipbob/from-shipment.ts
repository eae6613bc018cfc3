import type { ReportedShipment } from '../../domain/reading.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { contentsOf } from './contents.ts'
import { toInstant } from './instant.ts'
import type { ShipmentWire } from './wire.ts'

/** A parcel as the ledger learns of it; `undefined` when ShipBob does not say what is in it. */
export function fromShipment(
  shipment: ShipmentWire,
  warehouseOrder: string,
  receivedAt: Instant,
): ReportedShipment | undefined {
  const lines = [...contentsOf(shipment)]
  if (!shipment.id || lines.length === 0) return undefined

  const { tracking, location, last_update_at } = shipment
  const carrier = tracking?.carrier?.trim()
  const trackingNumber = trackingNumberOf(shipment)
  const trackingUrl = tracking?.tracking_url?.trim()
  const revisedAt = toInstant(last_update_at)
  return {
    id: shipment.id,
    warehouseOrder,
    lines,
    ...(carrier && { carrier }),
    ...(trackingNumber && { trackingNumber }),
    ...(trackingUrl && URL.canParse(trackingUrl) && { trackingUrl }),
    shippedAt: leftAt(shipment) ?? receivedAt,
    ...(location?.id && { location: location.id }),
    ...(revisedAt && { revisedAt }),
  }
}

/** Freight has a PRO number instead. */
export const trackingNumberOf = ({ tracking }: ShipmentWire): string | undefined =>
  tracking?.tracking_number?.trim() || tracking?.pro_number?.trim() || undefined

/** When a parcel left, or the earliest moment of it that ShipBob tells. */
function leftAt(shipment: ShipmentWire): Instant | undefined {
  const { actual_fulfillment_date, tracking, last_update_at, created_date } = shipment
  return [actual_fulfillment_date, tracking?.shipping_date, last_update_at, created_date]
    .map(toInstant)
    .find((instant) => instant !== undefined)
}
