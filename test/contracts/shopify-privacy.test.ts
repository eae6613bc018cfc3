import { readDelivery } from '../../connectors/shopify/orders.ts'
import { text } from '../support/fixtures.ts'
import { shop, start } from '../support/orders.ts'

const account = { shop_id: 954889, shop_domain: 'demo-store.myshopify.com' }
const customer = { id: 191167, email: 'ann@example.com', phone: '555-625-1199' }
const bodies = {
  'customers/data_request': {
    ...account,
    orders_requested: [299938, 280263],
    customer,
    data_request: { id: 9999 },
  },
  'customers/redact': { ...account, customer, orders_to_redact: [299938] },
  'shop/redact': account,
}

const says = (topic: string, body: string) =>
  readDelivery({
    connection: shop,
    via: 'webhook',
    headers: { 'x-shopify-topic': topic },
    body,
    receivedAt: start,
  })

test('the three mandatory webhooks say what is wanted, of whom, and for which shop', () => {
  const asked = Object.entries(bodies).map(([topic, body]) => says(topic, JSON.stringify(body)))
  const asking = (request: object) => ({ ok: true, value: [{ type: 'privacy', asking: request }] })
  const { shop_domain } = account
  expect(asked).toEqual([
    asking({
      kind: 'disclosure',
      reference: 'data-request-9999',
      account: shop_domain,
      orders: ['299938', '280263'],
      customer: '191167',
    }),
    asking({
      kind: 'erasure',
      reference: 'customer-191167',
      account: shop_domain,
      orders: ['299938'],
      customer: '191167',
    }),
    asking({ kind: 'erasure', reference: 'shop-954889', account: shop_domain }),
  ])
})

test('a topic is not signed: no other signed body becomes an erasure, nor one person’s the shop’s', () => {
  const others = {
    ...Object.fromEntries(
      Object.entries(bodies).map(([topic, body]) => [topic, JSON.stringify(body)]),
    ),
    'orders/create': text('shopify', 'paid-order.wire.json'),
  }
  for (const topic of Object.keys(bodies)) {
    for (const [of, body] of Object.entries(others)) {
      expect([topic, of, says(topic, body).ok]).toEqual([topic, of, topic === of])
    }
  }
})
