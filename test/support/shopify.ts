import { shopify } from '../../connectors/shopify/index.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { Documents } from '../../twins/kit/twin.ts'
import { twin } from '../../twins/shopify/twin.ts'
import { twinAccount } from './account.ts'
import { memoryWorld } from './twin-world.ts'

export const demoStore = ConnectionId.parse('shopify/demo-store')

/** A Shopify connection whose other end is its twin. */
export function shopifyAccount(extra: object = {}, documents?: Documents) {
  const settings = shopify.settings.parse({ shop: 'demo-store.myshopify.com', ...extra })
  const world = memoryWorld(settings, documents)
  const shop = twin(world)
  const account = twinAccount({
    connector: shopify,
    connection: demoStore,
    settings,
    twin: shop,
    now: () => world.clock,
  })
  const pass = (seconds: number) => {
    world.clock = new Date(world.clock.getTime() + seconds * 1000)
  }
  return { world, shop, account, pass }
}

/** A body as it comes through the door. */
export const webhook = (body: string, topic = 'orders/create'): Delivery => ({
  connection: demoStore,
  via: 'webhook',
  headers: { 'x-shopify-topic': topic },
  body,
  receivedAt: '2026-11-21T10:00:00.000Z',
})

/** The one order that a delivery says. */
export function orderOf(delivery: Delivery): Order {
  const readings = shopify.read(delivery)
  const [reading]: readonly (Reading | undefined)[] = readings.ok ? readings.value : []
  if (reading?.type !== 'snapshot') throw new Error(`no snapshot: ${JSON.stringify(readings)}`)
  return reading.order
}

/** What `confirm-shipment` is told of a parcel with these quantities by line id. */
export function parcel(
  order: Order,
  lines: Readonly<Record<string, number>>,
  extra: Partial<Shipment> = {},
): Subject {
  const shipment: Shipment = {
    id: 'shipment-1',
    carrier: 'UPS',
    trackingNumber: '1Z0001',
    trackingUrl: 'https://tracking.example/1Z0001',
    shippedAt: '2026-11-21T10:00:00.000Z',
    lines: Object.entries(lines).map(([id, quantity]) => ({ id, quantity })),
    ...extra,
  }
  const left = order.lines.map(({ id, quantity, removed }) => ({
    id,
    quantity: quantity - removed,
  }))
  return { order, lines: left, references: {}, shipment }
}

/** What `cancel-sale` is told when these units of an order are to be taken back. */
export function takeBack(
  order: Order,
  units: Readonly<Record<string, number>>,
  extra: Partial<Subject> = {},
): Subject {
  const lines = order.lines.map(({ id }) => ({ id, quantity: units[id] ?? 0 }))
  return { intentId: 'cancel-sale', order, lines, references: {}, ...extra }
}
