import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { type NetsuiteSettings, reference } from './settings.ts'
import type { SalesOrderBody, SalesOrderLine } from './wire.ts'

/**
 * The body that turns a sales order into the fulfilment of one parcel. NetSuite ships every open line that the body
 * does not mention, so that the others are named to be left alone. Fails with `unknown-shipment-line`.
 */
export function toItemFulfillment(
  { externalId, shipment }: { readonly externalId: string; readonly shipment: Shipment },
  order: SalesOrderBody,
  settings: NetsuiteSettings,
): Result<Readonly<Record<string, unknown>>, Failure> {
  const { lineField } = settings
  const location = shipment.location ?? settings.location
  const lineIds = new Set(order.item.items.map((line) => line[lineField]))
  const stranger = shipment.lines.find(({ id }) => !lineIds.has(id))
  if (stranger) {
    const reason = `sales order ${order.tranId ?? order.id} has no line ${stranger.id} in ${lineField}`
    return err(except('unknown-shipment-line', reason))
  }

  const shipped = new Map(shipment.lines.map(({ id, quantity }) => [id, quantity]))
  const items = order.item.items.flatMap((line) => {
    const quantity = shipped.get(String(line[lineField]))
    if (quantity === undefined) {
      return isOffered(line, lineField) ? [{ orderLine: line.line, itemReceive: false }] : []
    }
    const from = location && { location: reference(location) }
    return [{ orderLine: line.line, itemReceive: true, quantity, ...from }]
  })
  return ok({
    externalId,
    tranDate: shipment.shippedAt.slice(0, 10),
    /** C: shipped. */
    shipStatus: { id: 'C' },
    item: { items },
    ...(shipment.trackingNumber && {
      package: {
        items: [
          {
            packageTrackingNumber: shipment.trackingNumber,
            ...(shipment.carrier && { packageDescr: shipment.carrier }),
          },
        ],
      },
    }),
  })
}

/** The types of items that can be on a fulfilment; charges and gift certificates cannot. */
const shippable = ['InvtPart', 'Assembly', 'Kit', 'NonInvtPart']

/** True for a line that NetSuite would ship by itself. */
function isOffered(line: SalesOrderLine, lineField: string): boolean {
  const { quantity = 0, quantityFulfilled = 0, itemType, isClosed } = line
  const key = String(line[lineField] ?? '')
  const isGoods = itemType ? shippable.includes(itemType.id) : key !== '' && !key.startsWith('~')
  return isGoods && !isClosed && quantity > quantityFulfilled
}
