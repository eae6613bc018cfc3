import type { Failure } from '../../domain/failure.ts'
import { parseJson, read as readWith } from '../../domain/parse.ts'
import type { Delivery, Reading, ReportedShipment } from '../../domain/reading.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { isLaterRound, orderIdIn } from './orders.ts'
import {
  bySku,
  contentsOf,
  justBefore,
  latest,
  type Standing,
  shortOf,
  skuOf,
  standingOf,
  toInstant,
  trackingNumberOf,
} from './shipments.ts'
import { OrderWire, ShipmentWire } from './wire.ts'

/** Topics an operator subscribes to, and what a parcel that is still in the warehouse means under each. */
export const topics = {
  'order.shipped': 'waiting',
  'order.shipment.tracking.updated': 'waiting',
  'order.shipment.delivered': 'waiting',
  'order.shipment.exception': 'held',
  'order.shipment.on_hold': 'held',
  'order.shipment.cancelled': 'cancelled',
} as const satisfies Readonly<Record<string, Standing>>

/**
 * Reads orders and shipments alike, whichever the topic says it carries: ShipBob publishes no schema of its webhooks.
 * `order.shipped` has been the whole order since 1.0; the other topics carry one shipment.
 */
export function read(delivery: Delivery): Result<readonly Reading[], Failure> {
  const topic = delivery.headers['x-webhook-topic']
  if (topic !== undefined && !isTopic(topic))
    return ok([nothing('a topic that is not about parcels')])

  const json = parseJson(delivery.body)
  if (!json.ok) return json
  if (isOrder(json.value)) {
    const order = readWith(OrderWire, json.value)
    return order.ok ? ok(fromOrder(order.value, delivery)) : order
  }
  const shipment = readWith(ShipmentWire, json.value)
  const assumed = topic ? topics[topic] : 'waiting'
  return shipment.ok ? ok(fromParcel(shipment.value, assumed, delivery)) : shipment
}

const isTopic = (topic: string): topic is keyof typeof topics => Object.hasOwn(topics, topic)

const isOrder = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'shipments' in value

/** A shipment with where it is. */
interface Placed {
  readonly shipment: ShipmentWire
  readonly standing: Standing
}

/** What a whole order says: its parcels, what holds it, what it waits for, or that nothing holds it. */
function fromOrder(order: OrderWire, delivery: Delivery): readonly Reading[] {
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
function fromParcel(
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

const nothing = (why: string): Reading => ({ type: 'nothing', why })

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

/** A parcel as the ledger learns of it; `undefined` when ShipBob does not say what is in it. */
function fromShipment(
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

/** When a parcel left, or the earliest moment of it that ShipBob tells. */
function leftAt(shipment: ShipmentWire): Instant | undefined {
  const { actual_fulfillment_date, tracking, last_update_at, created_date } = shipment
  return [actual_fulfillment_date, tracking?.shipping_date, last_update_at, created_date]
    .map(toInstant)
    .find((instant) => instant !== undefined)
}
