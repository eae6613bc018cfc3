import type { Delivery, Reading } from '../../domain/reading.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { bySku, contentsOf, shortOf, skuOf } from './contents.ts'
import { fromShipment } from './from-shipment.ts'
import { justBefore, latest, toInstant } from './instant.ts'
import { isLaterRound, orderIdIn } from './reference-id.ts'
import { type Standing, standingOf } from './standing.ts'
import type { OrderWire, ShipmentWire } from './wire.ts'

/** A shipment with where it is. */
interface Placed {
  readonly shipment: ShipmentWire
  readonly standing: Standing
}

/** What a whole order says: its parcels, what holds it, what it waits for, or that nothing holds it. */
export function fromOrder(order: OrderWire, delivery: Delivery): readonly Reading[] {
  const orderId = orderIdIn(order.reference_id)
  if (orderId === undefined) return [nothing(foreign)]
  const shipments = (order.shipments ?? []).map((shipment) => ({ ...shipment, order_id: order.id }))
  const lost = isIncomplete(order)
  const placed = shipments
    .map((shipment): Placed => ({ shipment, standing: standingOf(shipment) }))
    // A cancelled parcel beside living ones that hold the order is one that ShipBob split or replaced.
    .filter(({ standing }) => standing !== 'cancelled' || lost)
  const held = heldBy(placed, orderId, delivery)
  const told = [
    ...placed.flatMap((parcel) => shippedBy(parcel, orderId, delivery)),
    ...held,
    ...shortBy(placed, orderId, delivery),
    ...(held.length === 0 ? resumedBy(placed, orderId, order) : []),
  ]
  if (told.length > 0) return told
  return [nothing(shipments.length > 0 ? inside : 'the order has no shipment yet')]
}

/** What one shipment says, which knows nothing of the others of its order. */
export function fromParcel(
  shipment: ShipmentWire,
  assumed: Standing,
  delivery: Delivery,
): readonly Reading[] {
  const standing = standingOf(shipment, assumed)
  if (standing === 'waiting') return [nothing(shipment.id ? inside : 'no parcel is named')]
  const orderId = orderIdIn(shipment.reference_id)
  if (orderId === undefined) return [nothing(foreign)]
  const placed = [{ shipment, standing }]
  const [short] = shortBy(placed, orderId, delivery)
  if (short) return [{ ...short, since: justBefore(short.since) }]
  const told = [
    ...placed.flatMap((parcel) => shippedBy(parcel, orderId, delivery)),
    ...heldBy(placed, orderId, delivery),
  ]
  return told.length > 0
    ? told
    : [nothing('the parcel comes without its contents: the sweep brings them')]
}

const inside = 'the parcel is still in the warehouse'
const foreign = 'the reference is not one that Crossdock gave'

export const nothing = (why: string): Reading => ({ type: 'nothing', why })

function shippedBy(
  { shipment, standing }: Placed,
  orderId: OrderId,
  delivery: Delivery,
): Reading[] {
  if (standing !== 'left') return []
  const parcel = fromShipment(shipment, shipment.order_id ?? '', delivery.receivedAt)
  return parcel ? [{ type: 'shipped', orderId, shipment: parcel }] : []
}

/** One notice for all that is held, because the ledger keeps one. */
function heldBy(placed: readonly Placed[], orderId: OrderId, delivery: Delivery): Reading[] {
  const causes = placed.flatMap((parcel) => {
    const reason = reasonOf(parcel, delivery)
    return reason === undefined ? [] : [{ reason, at: parcel.shipment.last_update_at }]
  })
  if (causes.length === 0) return []
  const since = latest(causes.map(({ at }) => at))
  const reason = causes.map((cause) => cause.reason).join('; ')
  const warehouseOrder = placed.find(({ shipment }) => shipment.order_id)?.shipment.order_id
  return [
    {
      type: 'held',
      orderId,
      reason,
      ...(since && { since }),
      ...(warehouseOrder && { warehouseOrder }),
    },
  ]
}

/** Names only: descriptions and validation messages may quote an address. */
function reasonOf({ shipment, standing }: Placed, { via }: Delivery): string | undefined {
  const name = shipment.id ? `shipment ${shipment.id}` : 'a shipment'
  if (standing === 'left') {
    const unknown = via === 'sweep' && contentsOf(shipment).length === 0
    return unknown ? `${name} left without a list of its contents` : undefined
  }
  if (standing !== 'held' && standing !== 'cancelled') return undefined
  const details = (shipment.status_details ?? []).flatMap(({ name: cause, inventory_id }) => {
    if (!cause || !/^[\w .,/()-]{1,60}$/.test(cause)) return []
    return [inventory_id ? `${cause} (inventory ${inventory_id})` : cause]
  })
  const cause = details.length > 0 ? `: ${details.join(', ')}` : ''
  return `ShipBob ${standing === 'held' ? 'holds' : 'cancelled'} ${name}${cause}`
}

type Backordered = Extract<Reading, { readonly type: 'backordered' }>

function shortBy(placed: readonly Placed[], orderId: OrderId, delivery: Delivery): Backordered[] {
  const short = placed.filter(({ standing }) => standing === 'short')
  if (short.length === 0) return []
  const lines = [...bySku(short.flatMap(({ shipment }) => shortOf(shipment)))]
  const since = latest(short.map(({ shipment }) => shipment.last_update_at)) ?? delivery.receivedAt
  return [{ type: 'backordered', orderId, lines, since }]
}

/**
 * Nothing holds the order now. Whether something did ShipBob does not say, so that it is said of every order at which
 * somebody worked since it came, and of one that follows a release that was let go.
 */
function resumedBy(placed: readonly Placed[], orderId: OrderId, order: OrderWire): Reading[] {
  const waiting = placed.filter(({ standing }) => standing === 'waiting' || standing === 'short')
  const worked = waiting.some(({ shipment: { created_date, last_update_at } }) => {
    const [from, to] = [toInstant(created_date), toInstant(last_update_at)]
    return from !== undefined && to !== undefined && from < to
  })
  if (waiting.length === 0 || !(worked || isLaterRound(order.reference_id))) return []
  const since = latest(placed.map(({ shipment }) => shipment.last_update_at))
  return since ? [{ type: 'resumed', orderId, since }] : []
}

/** Whether what was cancelled is in no other shipment; it is, where ShipBob does not say what is in them. */
function isIncomplete({ status, products, shipments }: OrderWire): boolean {
  if (status === 'Cancelled') return true
  const living = (shipments ?? []).filter((shipment) => standingOf(shipment) !== 'cancelled')
  if (living.some((shipment) => contentsOf(shipment).length === 0)) return false
  const held = new Map(
    bySku(living.flatMap(contentsOf)).map(({ sku, quantity }) => [sku, quantity]),
  )
  const ordered = (products ?? []).map((product) => ({
    sku: skuOf(product),
    quantity: product.quantity,
  }))
  return bySku(ordered).some(({ sku, quantity }) => quantity > (held.get(sku) ?? 0))
}
