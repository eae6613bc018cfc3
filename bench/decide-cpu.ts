import { decide } from '../domain/order/decide.ts'
import { orderIdOf } from '../domain/order/order-id.ts'
import type { Policy } from '../domain/order/policy.ts'
import { unknownOrder } from '../domain/order/state.ts'
import type { ConnectionId } from '../schemas/canonical/identity.ts'
import { Order } from '../schemas/canonical/order.ts'
import { OrderState } from '../schemas/stored/order-state.ts'
import type { Figure } from './figure.ts'
import { interval, median } from './statistics.ts'

const rounds = 40
const batch = 20
// Any connections' ids do.
const shop = 'shopify/bench' as ConnectionId
const erp = 'netsuite/bench' as ConnectionId
const wms = 'shipbob/bench' as ConnectionId

const policy: Policy = {
  route: () => ({ erp, wms }),
  holdsTestOrders: () => true,
  holdsUnpaid: () => true,
  peopleDays: () => 90,
  can: () => true,
  stages: {
    captured: 60,
    accepted: 900,
    released: 900,
    shipped: 259_200,
    confirmed: 3600,
    published: 300,
  },
}

/** CPU of reading an order's state, deciding an amendment of every line, and writing the state again. */
export async function decideCpu(): Promise<readonly Figure[]> {
  return [figureOf(10, 1), figureOf(100, 5)]
}

function figureOf(lines: number, goal: number): Figure {
  const stored = JSON.stringify(postedOrder(lines))
  const next = orderOf(lines, 2)
  const work = (): void => {
    const state = OrderState.parse(JSON.parse(stored))
    const at = next.version
    const fact = { type: 'snapshot', order: next, authority: 'body', receivedAt: at, at } as const
    const { events, after } = decide(state, fact, policy)
    if (events.length < 2) throw new Error('the bench order was not amended')
    JSON.stringify(OrderState.parse(after))
  }
  for (let i = 0; i < 300; i++) work()
  const times = Array.from({ length: rounds }, () => cpu(work) / batch)
  const [low, high] = interval(times)
  return {
    name: `decide an amended order of ${lines} lines`,
    value: `${median(times).toFixed(2)} ms (${low.toFixed(2)}–${high.toFixed(2)})`,
    goal: `≤ ${goal} ms`,
    how: `CPU, median and 95 % interval of ${rounds} batches of ${batch}; every line amended after posting`,
  }
}

/** Captured and posted. */
function postedOrder(lines: number): OrderState {
  const order = orderOf(lines, 1)
  const { version: at, id } = order
  const captured = { type: 'snapshot', order, authority: 'body', receivedAt: at, at } as const
  const claim = { type: 'claim', intentId: 'create-order', leaseSeconds: 30, at } as const
  const result = { ok: true, value: { id: '1' } } as const
  const made = { type: 'outcome', intentId: 'create-order', epoch: 1, during: 'make' } as const
  const facts = [captured, claim, { ...made, result, lagSeconds: 0, at }]
  return facts.reduce((state, fact) => decide(state, fact, policy).after, unknownOrder(id))
}

function orderOf(lines: number, quantity: number): Order {
  const version = `2026-11-21T10:00:0${quantity}.000Z`
  const total = lines * quantity * 1000
  return Order.parse({
    id: orderIdOf(shop, '1'),
    connection: shop,
    channelOrderId: '1',
    number: '#1',
    version,
    placedAt: version,
    currency: 'USD',
    taxesIncluded: false,
    test: false,
    payment: 'paid',
    lines: Array.from({ length: lines }, (_, i) => ({
      id: String(i),
      sku: `SKU-${i}`,
      title: `Article ${i}`,
      quantity,
      removed: 0,
      fulfilled: 0,
      unitPrice: 1000,
      discount: 0,
      tax: 0,
      giftCard: false,
      shippable: true,
    })),
    shipping: [],
    charges: [],
    discount: 0,
    tax: 0,
    total,
    currentTotal: total,
    people: { shipTo: { name: 'A', address1: 'Street 1', city: 'Town', countryCode: 'DE' } },
  })
}

/** Milliseconds of CPU for a batch. */
function cpu(work: () => void): number {
  const before = process.cpuUsage()
  for (let i = 0; i < batch; i++) work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
