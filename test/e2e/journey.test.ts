import { broken, count } from './support/audit.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { isCancelled, isComplete } from './support/outside.ts'
import { cancelled, later, linesOf, type Sold, sold } from './support/sold.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

const tax = (price: string) => ({ title: 'Tax', rate: 0.1, price })
const standard = { title: 'Standard', code: 'STANDARD' }

const kinds: Readonly<Record<string, Sold>> = {
  'one thing': sold(),
  'several parcels': sold([{ quantity: 3 }, { sku: 'LAMP-OAK', quantity: 2, price: '129.00' }]),
  'discounts, shipping and tax': sold(
    [
      { quantity: 3, discount_allocations: [{ amount: '3.33' }], tax_lines: [tax('2.20')] },
      { price: '5.00', discount_allocations: [{ amount: '0.50' }, { amount: '0.17' }] },
    ],
    {
      shipping_lines: [
        { ...standard, price: '9.99', tax_lines: [tax('0.82')], discount_allocations: [] },
      ],
      total_discounts: '4.00',
      total_tax: '3.02',
      total_price: '44.01',
    },
  ),
  'taxes in the prices': sold([{ quantity: 2, price: '11.90', tax_lines: [tax('3.80')] }], {
    currency: 'EUR',
    taxes_included: true,
    total_tax: '3.80',
    total_price: '23.80',
  }),
  'yen, which have no cents': sold([{ quantity: 3, price: '1500' }], {
    currency: 'JPY',
    total_price: '4500',
  }),
  'dinars, which have three decimals': sold([{ quantity: 2, price: '1.234' }], {
    currency: 'KWD',
    total_price: '2.468',
  }),
  'a gift card beside goods': sold([
    { sku: null, price: '50.00', gift_card: true, requires_shipping: false },
    { quantity: 2 },
  ]),
  'a tip': sold([{}], { total_tip_received: '3.00', total_price: '13.00' }),
  'nothing to pay': sold([{ discount_allocations: [{ amount: '10.00' }] }], {
    total_discounts: '10.00',
    total_price: '0.00',
  }),
  'names in every script': sold([{ title: '湯呑み ☃' }], { note: 'half a smile: \ud83d' }),
}

test('orders of every kind reach all three systems once, and agree to the cent', async () => {
  const orders = Object.values(kinds)
  await Promise.all(orders.map((order) => hub.place(order)))
  const states = await hub.until('complete orders', orders, isComplete)
  expect(await broken(hub, orders)).toEqual([])
  expect(states.map(({ seen }) => seen?.total)).toEqual(orders.map(({ total }) => total))
})

test('items without shipping are not released, and the order is complete without them', async () => {
  const orders = [
    sold([{ sku: null, price: '50.00', gift_card: true, requires_shipping: false }]),
    sold([{ sku: 'EBOOK', price: '9.99', requires_shipping: false }]),
  ]
  await Promise.all(orders.map((order) => hub.place(order)))
  await hub.until('complete orders', orders, isComplete)
  for (const held of (await count(hub, orders)).values()) {
    expect(held).toMatchObject({
      salesOrders: 1,
      warehouseOrders: 0,
      itemFulfillments: 0,
      told: [],
    })
  }
})

test('units fulfilled by the shop are posted to the ERP and not released', async () => {
  const order = sold([{ quantity: 2, fulfillable_quantity: 0, fulfillment_status: 'fulfilled' }])
  await hub.place(order)
  await hub.until('a complete order', [order], isComplete)
  expect((await count(hub, [order])).get(order)).toMatchObject({
    salesOrders: 1,
    warehouseOrders: 0,
    itemFulfillments: 0,
  })
})

test('an order delivered seven times at once, under any topic, is one order', async () => {
  const order = sold([{ quantity: 2 }])
  await hub.place(order, { deliver: false })
  const topics = ['orders/create', 'orders/updated', 'orders/paid'] as const
  const answers = await Promise.all(
    Array.from({ length: 7 }, (_, i) =>
      hub.webhook(order.text, { topic: topics[i % 3] ?? 'orders/create' }),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(200))
  await hub.until('a complete order', [order], isComplete)
  expect(await broken(hub, [order])).toEqual([])
})

test('an older version that arrives after a newer one changes nothing', async () => {
  const first = sold()
  const second = later(first, 30, {
    line_items: linesOf(first, { quantity: 2, current_quantity: 2, fulfillable_quantity: 2 }),
    total_price: '20.00',
    current_total_price: '20.00',
  })
  await hub.place(second, { deliver: false })
  await hub.webhook(second.text)
  await hub.webhook(first.text, { topic: 'orders/create' })
  await hub.webhook(first.text, { topic: 'orders/create' })
  await hub.until('a complete order', [second], isComplete)
  expect(second.total).toBe(2000)
  expect(await broken(hub, [second])).toEqual([])
})

test('a body that only names its order is fetched from the shop', async () => {
  const [byId, byGid, refunded] = [sold(), sold(), sold()]
  for (const order of [byId, byGid, refunded]) await hub.place(order, { deliver: false })
  await hub.webhook(`{"id":${byId.id}}`)
  await hub.webhook(`{"admin_graphql_api_id":"gid://shopify/Order/${byGid.id}"}`)
  await hub.webhook(`{"id":1,"order_id":${refunded.id}}`, { topic: 'refunds/create' })
  await hub.until('complete orders', [byId, byGid, refunded], isComplete)
  expect(await broken(hub, [byId, byGid, refunded])).toEqual([])
})

test('orders whose webhooks were lost are found by the poll', async () => {
  const orders = [sold(), sold([{ quantity: 2 }])]
  for (const order of orders) await hub.place(order, { deliver: false })
  await hub.until('complete orders', orders, isComplete)
  expect(await broken(hub, orders)).toEqual([])
})

test('an order cancelled before anything happened goes nowhere', async () => {
  const order = sold()
  const gone = cancelled(order, 5)
  await hub.place(gone, { deliver: false })
  await hub.webhook(gone.text, { topic: 'orders/cancelled' })
  await hub.webhook(order.text, { topic: 'orders/create' })
  await hub.until('a cancelled order', [order], isCancelled)
  expect((await count(hub, [order])).get(order)).toMatchObject({
    salesOrders: 0,
    warehouseOrders: 0,
  })
})

test('an order cancelled at any moment is cancelled everywhere, or stands as an exception', async () => {
  const orders = Array.from({ length: 8 }, () => sold([{ quantity: 2 }]))
  await Promise.all(
    orders.map(async (order, i) => {
      await hub.place(order)
      await new Promise((resolve) => setTimeout(resolve, i * 150))
      await hub.place(cancelled(order, 5))
    }),
  )
  const ended = await hub.until(
    'cancelled orders',
    orders,
    (state) =>
      isCancelled(state) ||
      state.exceptions['cancelled-after-release'] !== undefined ||
      state.exceptions['refunded-without-return'] !== undefined,
  )
  const held = await count(hub, orders)
  for (const [i, order] of orders.entries()) {
    const sent = ended[i]?.lines.some((line) => line.shipped > 0)
    if (ended[i]?.cancelledAt && !sent) expect(held.get(order)?.warehouseOrders).toBe(0)
    expect(held.get(order)?.salesOrders).toBeLessThanOrEqual(1)
  }
})
