import type { Failure } from '../../domain/failure.ts'
import { parseJson, read as readWith } from '../../domain/parse.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { ok, type Result } from '../../domain/result.ts'
import { fromOrder, fromParcel, nothing } from './from-order.ts'
import type { Standing } from './standing.ts'
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
