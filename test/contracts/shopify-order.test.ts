import fc from 'fast-check'
import { shopify } from '../../connectors/shopify/index.ts'
import { sumOfParts } from '../../domain/order/sum.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { text } from '../support/fixtures.ts'
import { demoStore, orderOf, shopifyAccount, webhook } from '../support/shopify.ts'
import { orderBodies } from '../support/shopify-orders.ts'
import { withSpec } from '../support/specs.ts'

const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T11:00:00.000Z' }

/** The same order as the webhook, the fetch and the sweep tell it. */
async function threeWays(body: string) {
  const { shop, account } = shopifyAccount()
  await shop.takeOrder?.(body, false)
  const told = orderOf(webhook(body))
  const fetched = await shopify.orders.fetchOrder(account, told.channelOrderId)
  const page = await shopify.sweep?.(account, window)
  const [delivery] = page?.ok ? page.value.deliveries : []
  const swept = delivery && orderOf({ ...webhook(delivery.body), ...delivery, via: 'sweep' })
  return { told, fetched: fetched.ok ? fetched.value : fetched.error, swept }
}

/** As text, because the order of the fields is part of the ledger's digest. Only a fetch knows that nothing holds an order. */
const spoken = (order: unknown, told: Order): string =>
  JSON.stringify(order, (key, value) => (key === 'holds' && !told.holds ? undefined : value))

describe('the webhook, the fetch and the sweep tell one order', () => {
  test('of any order', async () => {
    await fc.assert(
      fc.asyncProperty(orderBodies, async (body) => {
        const { told, fetched, swept } = await threeWays(body)
        expect(spoken(fetched, told)).toBe(spoken(told, told))
        expect(spoken(swept, told)).toBe(spoken(told, told))
      }),
      { numRuns: 150 },
    )
  })
})

test('no cent is lost between a body that adds up and the order', () => {
  fc.assert(
    fc.property(orderBodies, (body) => {
      const order = orderOf(webhook(body))
      expect(sumOfParts(order)).toBe(order.total)
    }),
    { numRuns: 1_000 },
  )
})

test('a checkout tip becomes a charge, because no warehouse has a SKU for it', () => {
  const { lines, charges } = orderOf(webhook(text('shopify', 'tip-and-duties.wire.json')))
  expect(lines.map(({ sku }) => sku)).toEqual(['COAT-L'])
  expect(charges.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['tip', 750],
    ['duty', 2400],
    ['fee', 300],
  ])
})

describe('an order with', () => {
  const base = JSON.parse(text('shopify', 'paid-order.wire.json'))
  const read = (change: object) => orderOf(webhook(JSON.stringify({ ...base, ...change })))

  test.each([
    ['pending', 'pending'],
    ['authorized', 'authorized'],
    ['partially_paid', 'authorized'],
    ['paid', 'paid'],
    ['partially_refunded', 'paid'],
    ['refunded', 'refunded'],
    ['voided', 'voided'],
    ['expired', 'pending'],
    ['something new', 'pending'],
    [null, 'pending'],
  ])('financial status %s has payment %s', (financial_status, payment) => {
    expect(read({ financial_status }).payment).toBe(payment)
  })

  test('nulls and missing fields wherever Shopify allows them is still an order', () => {
    const [line] = base.line_items
    const { id, quantity, price } = line
    const bare = {
      id: base.id,
      created_at: base.created_at,
      updated_at: base.updated_at,
      currency: 'USD',
      total_price: '37.50',
      line_items: [{ id, quantity, price }],
    }
    expect(orderOf(webhook(JSON.stringify(bare)))).toMatchObject({
      number: '#5600000011001',
      total: 3750,
      currentTotal: 3750,
      payment: 'pending',
      shipping: [],
      people: {},
      lines: [{ id: '1401000000001', quantity: 3, removed: 0, fulfilled: 0, shippable: true }],
    })
    const nulls = Object.fromEntries(
      Object.keys(base)
        .filter((key) => !(key in bare))
        .map((key) => [key, null]),
    )
    expect(orderOf(webhook(JSON.stringify({ ...nulls, ...bare })))).toEqual(
      orderOf(webhook(JSON.stringify(bare))),
    )
  })

  test.each([
    ['address1', null],
    ['city', ''],
    ['country_code', null],
    ['country_code', 'ZZ'],
    ['country_code', 'USA'],
  ])('an address whose %s is %j has no such address', (field, value) => {
    const shipping_address = { ...base.shipping_address, [field]: value }
    expect(read({ shipping_address }).people.shipTo).toBeUndefined()
  })

  test('an address without a name takes the parts of it, or the company', () => {
    const shipTo = (change: object) =>
      read({ shipping_address: { ...base.shipping_address, ...change } }).people.shipTo?.name
    expect(shipTo({ name: null, first_name: 'A', last_name: 'B' })).toBe('A B')
    expect(shipTo({ name: '', first_name: null, last_name: null, company: 'C' })).toBe('C')
  })

  test.each([
    [{ fulfillment_status: null, fulfillable_quantity: 0 }, 0],
    [{ fulfillment_status: 'fulfilled', fulfillable_quantity: 0 }, 3],
    [{ fulfillment_status: 'fulfilled', current_quantity: 2, fulfillable_quantity: 0 }, 2],
    [{ fulfillment_status: 'partial', fulfillable_quantity: 1 }, 2],
    [{ fulfillment_status: 'partial', current_quantity: 2, fulfillable_quantity: 1 }, 1],
    [{ fulfillment_status: 'restocked', current_quantity: 0 }, 0],
  ])('a line saying %j has %i fulfilled units', (change, fulfilled) => {
    const [line, ...others] = base.line_items
    const [read0] = read({ line_items: [{ ...line, ...change }, ...others] }).lines
    expect(read0?.fulfilled).toBe(fulfilled)
  })

  test('an amount as a number is the amount as text', () => {
    const [line, ...others] = base.line_items
    const priced = (price: unknown) => ({ line_items: [{ ...line, price }, ...others] })
    expect(read(priced(12.5)).lines[0]?.unitPrice).toBe(1250)
    for (const price of [null, undefined, '', '1e3', 1e21, true, {}]) {
      expect(shopify.read(webhook(JSON.stringify({ ...base, ...priced(price) })))).toMatchObject({
        error: { reason: expect.stringMatching(/^line_items\.0\.price: is not a decimal amount/) },
      })
    }
  })

  test('an amount below its currency is a mismatch, not a rounding', () => {
    const body = JSON.stringify({ ...base, currency: 'JPY' })
    expect(shopify.read(webhook(body))).toMatchObject({
      ok: false,
      error: { next: 'except', code: 'money-mismatch' },
    })
  })
})

describe('a message', () => {
  const whole = text('shopify', 'paid-order.wire.json')
  const hint = (channelOrderId: string) => ({ ok: true, value: [{ type: 'hint', channelOrderId }] })

  test.each(['orders/paid', 'orders/fulfilled', 'orders/partially_fulfilled', 'orders/cancelled'])(
    'of %s is a snapshot when it is whole',
    (topic) => {
      expect(shopify.read(webhook(whole, topic))).toMatchObject({ value: [{ type: 'snapshot' }] })
    },
  )

  test.each([
    ['orders/updated', '{"id":820982911946154508}'],
    ['orders/create', '{"id":1,"admin_graphql_api_id":"gid://shopify/Order/820982911946154508"}'],
    ['orders/updated', '{"id":"gid://shopify/Order/820982911946154508"}'],
    ['orders/edited', '{"order_edit":{"id":1,"order_id":820982911946154508}}'],
    ['refunds/create', '{"id":1,"order_id":820982911946154508,"refund_line_items":[]}'],
    ['orders/updated', '{"id":1,"order_id":820982911946154508,"refund_line_items":[]}'],
    ['orders/updated', '{"id":820982911946154508,"line_items":[{"id":1}]}'],
  ])('of %s with %s asks for the order', (topic, body) => {
    expect(shopify.read(webhook(body, topic))).toEqual(hint('820982911946154508'))
  })

  test('of an unknown topic says nothing', () => {
    for (const topic of ['products/update', 'orders/delete', 'app/uninstalled', 'constructor']) {
      expect(shopify.read(webhook('{}', topic))).toMatchObject({ value: [{ type: 'nothing' }] })
    }
  })

  test('that cannot be read names every wrong field and no value', () => {
    const body = JSON.stringify({
      ...JSON.parse(whole),
      currency: 'Sample Customer',
      total_price: 'customer@example.com',
      updated_at: 'yesterday',
      line_items: [{ quantity: -1, price: 'much' }],
    })
    const readings = shopify.read(webhook(body))
    expect(readings).toMatchObject({ ok: false, error: { code: 'unreadable-payload' } })
    const reason = readings.ok ? '' : readings.error.reason
    for (const field of [
      'currency',
      'total_price',
      'updated_at',
      'line_items.0.quantity',
      'line_items.0.price',
    ]) {
      expect(reason).toContain(field)
    }
    expect(reason).not.toMatch(/customer@example|yesterday|much/)
    expect(shopify.orders.nameOf?.(body)).toBe('5600000011001')
  })

  test('from a sweep is never taken for a webhook, nor the other way round', () => {
    const sweep = { connection: demoStore, via: 'sweep' as const, headers: {}, receivedAt: '' }
    expect(shopify.read({ ...sweep, body: whole })).toEqual(hint('5600000011001'))
  })
})

for (const topic of [
  'create',
  'updated',
  'cancelled',
  'paid',
  'fulfilled',
  'partially_fulfilled',
]) {
  withSpec(`channels/shopify/webhook-samples/2024-10/orders.${topic}.json`, (sample) => {
    test(`Shopify's sample of orders/${topic} is read, with the ids it was sent with`, () => {
      const order = orderOf(webhook(JSON.stringify(JSON.parse(sample).body), `orders/${topic}`))
      expect(order.id).toBe('shopify_demo-store_820982911946154508')
      expect(order.lines.map(({ id }) => id)).toEqual(['866550311766439020', '141249953214522974'])
      expect(sumOfParts(order)).toBe(order.total)
    })
  })
}

for (const [topic, sample] of [
  ['orders/edited', 'orders.edited'],
  ['refunds/create', 'refunds.create'],
] as const) {
  withSpec(`channels/shopify/webhook-samples/2024-10/${sample}.json`, (json) => {
    test(`Shopify's sample of ${topic} asks for its order`, () => {
      const body = JSON.stringify(JSON.parse(json).body)
      expect(shopify.read(webhook(body, topic))).toMatchObject({ value: [{ type: 'hint' }] })
    })
  })
}
