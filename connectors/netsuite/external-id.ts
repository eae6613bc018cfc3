import type { Order } from '../../schemas/canonical/order.ts'

/** A channel customer has one NetSuite customer; a guest has one per order. */
export function customerExternalId(order: Order): string {
  const account = order.connection.replace('/', '_')
  const customer = order.people.customer?.id
  return customer ? `${account}_c${safe(customer)}` : `${account}_g${safe(order.channelOrderId)}`
}

export const fulfillmentExternalId = (order: Order, shipmentId: string): string =>
  `${order.id}_${safe(shipmentId)}`

/**
 * External ids are `[A-Za-z0-9_-]`: everything but letters and digits becomes `-` and its code, so that two ids
 * never become one, and the last `_` always parts an order's id from a shipment's.
 */
const safe = (id: string): string =>
  id.replace(/[^A-Za-z0-9]/gu, (c) => `-${(c.codePointAt(0) ?? 0).toString(16)}-`)
