import type { ReportedShipment } from '../../domain/plug.ts'
import { Instant } from '../../schemas/canonical/instant.ts'
import type { ShipmentWire } from './wire.ts'

/** A parcel as the ledger learns of it; `undefined` when ShipBob does not say what is in it. */
export function fromShipment(
  shipment: ShipmentWire,
  warehouseOrder: string,
  receivedAt: Instant,
): ReportedShipment | undefined {
  const lines = contentsOf(shipment)
  if (!shipment.id || lines.length === 0) return undefined

  const { tracking } = shipment
  const carrier = tracking?.carrier?.trim()
  const trackingNumber = trackingNumberOf(shipment)
  const trackingUrl = tracking?.tracking_url?.trim()
  return {
    id: shipment.id,
    warehouseOrder,
    lines,
    ...(carrier && { carrier }),
    ...(trackingNumber && { trackingNumber }),
    ...(trackingUrl && URL.canParse(trackingUrl) && { trackingUrl }),
    shippedAt: leftAt(shipment) ?? receivedAt,
  }
}

/** Freight has a PRO number instead. */
export const trackingNumberOf = ({ tracking }: ShipmentWire): string | undefined =>
  tracking?.tracking_number?.trim() || tracking?.pro_number?.trim() || undefined

function contentsOf({ products }: ShipmentWire): { sku: string; quantity: number }[] {
  const units = new Map<string, number>()
  for (const product of products ?? []) {
    const sku = product.reference_id || product.sku
    if (sku) units.set(sku, (units.get(sku) ?? 0) + unitsOf(product))
  }
  return [...units]
    .filter(([, quantity]) => quantity > 0)
    .map(([sku, quantity]) => ({ sku, quantity }))
}

/**
 * The product itself has no quantity in 2026-01: its inventory items have. One item may be listed once per lot,
 * so those add up; a bundle lists several items, and of those the fewest says how many bundles are complete.
 */
function unitsOf(product: NonNullable<ShipmentWire['products']>[number]): number {
  if (product.quantity) return product.quantity
  const perItem = new Map<string, number>()
  for (const { id, quantity } of product.inventory_items ?? []) {
    perItem.set(id ?? '', (perItem.get(id ?? '') ?? 0) + (quantity ?? 0))
  }
  return perItem.size === 0 ? 0 : Math.min(...perItem.values())
}

function leftAt(shipment: ShipmentWire): Instant | undefined {
  const { actual_fulfillment_date, tracking, last_update_at, created_date } = shipment
  return [actual_fulfillment_date, tracking?.shipping_date, last_update_at, created_date]
    .map(toInstant)
    .find((instant) => instant !== undefined)
}

/** ShipBob writes up to seven fractional digits, and now and then no zone, which is UTC then. */
function toInstant(text: string | null | undefined): Instant | undefined {
  if (!text) return undefined
  const moment = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`)
  return Number.isNaN(moment.getTime()) ? undefined : Instant.safeParse(moment.toISOString()).data
}
