import { z } from 'zod'
import { shopify } from '../../../channels/shopify/index.ts'
import { netsuite } from '../../../connectors/netsuite/index.ts'
import { shipbob } from '../../../connectors/shipbob/index.ts'
import type { Delivery, Effect, Plug, Reading, Subject } from '../../../domain/plug.ts'
import type { ConnectionId } from '../../../schemas/canonical/identity.ts'
import { Order } from '../../../schemas/canonical/order.ts'
import { Reference } from '../../../schemas/canonical/reference.ts'
import type { Shipment } from '../../../schemas/canonical/shipment.ts'
import type { EffectName } from '../../../schemas/events/order-event.ts'

/** Everything of a job. The order travels in Redis under its id; a job names it. */
export type Job =
  | { readonly does: 'read'; readonly delivery: Delivery }
  | { readonly does: EffectName; readonly orderId: string; readonly shipment?: Shipment }

export const connections = {
  shop: 'shopify/demo-store',
  erp: 'netsuite/demo-erp',
  wms: 'shipbob/demo-wms',
} as const

export const plugs: Readonly<Record<string, Plug & { read?: typeof shipbob.read }>> = {
  [connections.shop]: shopify,
  [connections.erp]: netsuite,
  [connections.wms]: shipbob,
}

/** What such an application keeps of an order. */
export const Kept = z.object({
  order: Order,
  erp: Reference.optional(),
  wms: Reference.optional(),
})
export type Kept = z.infer<typeof Kept>

export const connectionOf = (id: string): ConnectionId =>
  // One of the three above.
  id as ConnectionId

export const effectOf = (connection: string, name: EffectName): Effect => {
  const effect = plugs[connection]?.effects[name]
  if (!effect) throw new Error(`${connection} does not know ${name}`)
  return effect
}

export function subjectOf({ order, erp, wms }: Kept, shipment?: Shipment): Subject {
  return {
    order,
    lines: order.lines.map(({ id, quantity }) => ({ id, quantity })),
    references: { ...(erp && { erp }), ...(wms && { wms }) },
    ...(shipment && { shipment }),
  }
}

/** A parcel by the order's own lines: no article stands on two lines of an order of this bench. */
export function parcelOf(
  { shipment }: Extract<Reading, { says: 'shipped' }>,
  { order }: Kept,
): Shipment {
  const { warehouseOrder: _, ...parcel } = shipment
  const lines = parcel.lines.flatMap(({ sku, quantity }) =>
    order.lines.filter((line) => line.sku === sku).map(({ id }) => ({ id, quantity })),
  )
  return { ...parcel, lines }
}
