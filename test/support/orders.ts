import type { Policy } from '../../domain/order/policy.ts'
import type { ReportedShipment } from '../../domain/reading.ts'
import { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Address, Order, OrderLine } from '../../schemas/canonical/order.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'

export const shop = ConnectionId.parse('shopify/demo-store')
export const erp = ConnectionId.parse('netsuite/demo-erp')
export const wms = ConnectionId.parse('shipbob/demo-wms')
export const orderId = OrderId.parse('shopify_demo-store_1001')

/** The day on which the tests' orders are placed. */
export const start: Instant = '2026-11-21T10:00:00.000Z'

/** The instant some seconds after the orders' day began. */
export const seconds = (count: number): Instant =>
  new Date(Date.parse(start) + count * 1000).toISOString()

/** What the three systems can do, which is all but to change what they have. */
const known: ReadonlySet<EffectName> = new Set([
  'create-order',
  'cancel-order',
  'post-shipment',
  'release-order',
  'confirm-shipment',
])

/** What a retailer with one ERP, one warehouse and the default service levels decided. */
export const policy: Policy = {
  route: () => ({ erp, wms }),
  holdsTestOrders: () => true,
  holdsUnpaid: () => true,
  peopleDays: () => 90,
  can: (_, effect) => known.has(effect),
  stages: {
    captured: 60,
    accepted: 900,
    released: 900,
    shipped: 259_200,
    confirmed: 3600,
    published: 300,
  },
}

const address: Address = {
  name: 'A. Recipient',
  address1: 'Street 1',
  city: 'Town',
  countryCode: 'DE',
}

export const lineOf = (change: Partial<OrderLine> = {}): OrderLine => ({
  id: '1',
  sku: 'MUG',
  title: 'Mug',
  quantity: 2,
  removed: 0,
  fulfilled: 0,
  unitPrice: 1000,
  discount: 0,
  tax: 0,
  giftCard: false,
  shippable: true,
  ...change,
})

/** Two mugs and a plate: 20.00 + 5.00, shipping 3.00, tax 1.00, together 29.00 USD. Totals follow the lines; of no units nothing is left. */
export function orderOf(change: Partial<Order> = {}): Order {
  const order: Order = {
    id: orderId,
    connection: shop,
    channelOrderId: '1001',
    number: '#1001',
    version: start,
    placedAt: start,
    currency: 'USD',
    taxesIncluded: false,
    test: false,
    payment: 'paid',
    lines: [lineOf(), lineOf({ id: '2', sku: 'PLATE', quantity: 1, unitPrice: 500, tax: 100 })],
    shipping: [{ title: 'Standard', price: 300, discount: 0, tax: 0 }],
    charges: [],
    discount: 0,
    tax: 0,
    total: 0,
    currentTotal: 0,
    people: { shipTo: address },
    ...change,
  }
  const goods = order.lines.reduce(
    (sum, line) => sum + line.quantity * line.unitPrice + line.tax,
    0,
  )
  const total = change.total ?? goods + 300
  const left = order.lines.some(({ quantity, removed }) => quantity > removed) ? total : 0
  return { ...order, total, currentTotal: change.currentTotal ?? left }
}

/** A parcel with units by SKU. */
export const parcelOf = (
  id: string,
  units: Readonly<Record<string, number>>,
): ReportedShipment => ({
  id,
  lines: Object.entries(units).map(([sku, quantity]) => ({ sku, quantity })),
  carrier: 'DHL',
  trackingNumber: `T-${id}`,
  shippedAt: start,
  warehouseOrder: 'W-1',
})

/** The same retailer with systems that can do more. */
export const able = (...more: readonly EffectName[]): Policy => ({
  ...policy,
  can: (_, effect) => known.has(effect) || more.includes(effect),
})
