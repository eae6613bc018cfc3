import type { Failure } from '../../domain/failure.ts'
import { parseJson, read as readWith } from '../../domain/parse.ts'
import type { Delivery, Reading } from '../../domain/plug.ts'
import { ok, type Result } from '../../domain/result.ts'
import { OrderId } from '../../schemas/canonical/identity.ts'
import { fromShipment, trackingNumberOf } from './from-shipment.ts'
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

type Standing = 'left' | 'waiting' | 'held' | 'cancelled'

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
  return shipment.ok
    ? ok([fromParcel(shipment.value, standingOf(shipment.value, topic), delivery)])
    : shipment
}

function fromOrder(order: OrderWire, delivery: Delivery): readonly Reading[] {
  const readings = (order.shipments ?? []).map((shipment) => {
    const parcel = { ...shipment, order_id: order.id, reference_id: order.reference_id }
    const standing = standingOf(parcel)
    // A cancelled parcel beside living ones is one that ShipBob split or replaced.
    const replaced = standing === 'cancelled' && order.status !== 'Cancelled'
    return fromParcel(parcel, replaced ? 'waiting' : standing, delivery)
  })
  const told = readings.filter(({ says }) => says !== 'nothing')
  return told.length > 0 ? told : [readings[0] ?? nothing('the order has no shipment yet')]
}

function fromParcel(parcel: ShipmentWire, standing: Standing, delivery: Delivery): Reading {
  if (standing === 'waiting') {
    return nothing(parcel.id ? 'the parcel is still in the warehouse' : 'no parcel is named')
  }
  const orderId = OrderId.safeParse(parcel.reference_id)
  if (!orderId.success) return nothing('the reference is not one that Crossdock gave')
  if (standing !== 'left')
    return { says: 'held', orderId: orderId.data, reason: reasonOf(parcel, standing) }

  const shipment = fromShipment(parcel, parcel.order_id ?? '', delivery.receivedAt)
  if (shipment) return { says: 'shipped', orderId: orderId.data, shipment }
  return delivery.via === 'webhook'
    ? nothing('the parcel comes without its contents: the sweep brings them')
    : {
        says: 'held',
        orderId: orderId.data,
        reason: `${nameOf(parcel)} left without a list of its contents`,
      }
}

function standingOf(shipment: ShipmentWire, topic?: keyof typeof topics): Standing {
  const standing = standings[shipment.status ?? ''] ?? 'waiting'
  if (standing !== 'waiting') return standing
  // ShipBob calls an order shipped once it has tracking; the label may be printed hours before pick-up.
  if (trackingNumberOf(shipment)) return 'left'
  return topic ? topics[topic] : 'waiting'
}

/** `Completed` has left the building, delivered or not (status reference, read 2026-11-21). */
const standings: Readonly<Record<string, Standing>> = {
  Completed: 'left',
  Exception: 'held',
  OnHold: 'held',
  ImportReview: 'held',
  Cancelled: 'cancelled',
}

/** Names only: descriptions and validation messages may quote an address. */
function reasonOf(parcel: ShipmentWire, standing: 'held' | 'cancelled'): string {
  const details = (parcel.status_details ?? []).flatMap(({ name, inventory_id }) => {
    if (!name || !/^[\w .,/()-]{1,60}$/.test(name)) return []
    return [inventory_id ? `${name} (inventory ${inventory_id})` : name]
  })
  const cause = details.length > 0 ? `: ${details.join(', ')}` : ''
  return `ShipBob ${standing === 'held' ? 'holds' : 'cancelled'} ${nameOf(parcel)}${cause}`
}

const nameOf = ({ id }: ShipmentWire): string => (id ? `shipment ${id}` : 'a shipment')

const nothing = (why: string): Reading => ({ says: 'nothing', why })

const isTopic = (topic: string): topic is keyof typeof topics => Object.hasOwn(topics, topic)

const isOrder = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'shipments' in value
