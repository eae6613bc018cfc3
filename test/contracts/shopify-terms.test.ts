import { shopify } from '../../connectors/shopify/index.ts'
import { fixture, text } from '../support/fixtures.ts'
import { policy } from '../support/orders.ts'
import { orderOf, shopifyAccount, webhook } from '../support/shopify.ts'
import { tellStory } from '../support/story.ts'

const base = JSON.parse(text('shopify', 'paid-order.wire.json'))
const read = (change: object) => orderOf(webhook(JSON.stringify({ ...base, ...change })))
const wire = (name: string) => orderOf(webhook(text('shopify', `${name}.wire.json`)))

describe('a hold at Shopify', () => {
  test.each([
    ['awaiting_payment', 'payment'],
    ['high_risk_of_fraud', 'fraud'],
    ['incorrect_address', 'address'],
    ['inventory_out_of_stock', 'other'],
    ['unknown_delivery_date', 'other'],
    ['something new', 'other'],
  ])('because of %s is a hold for %s', (reason, kind) => {
    expect(read({ fulfillment_holds: [{ reason }] }).holds).toMatchObject([{ kind }])
    expect(read({ fulfillment_holds: [{ reason: reason.toUpperCase() }] }).holds).toMatchObject([
      { kind },
    ])
  })

  test.each([
    ['cancel', ['fraud']],
    ['HIGH', ['fraud']],
    ['investigate', []],
    ['accept', []],
    ['none', []],
  ])('follows from the recommendation %s to %j', (recommendation, kinds) => {
    const { holds } = read({ risk: { recommendation } })
    expect(holds?.map(({ kind }) => kind)).toEqual(kinds)
  })

  test('says nothing of what staff noted, which may name people', () => {
    const { holds } = wire('held')
    expect(holds).toHaveLength(3)
    expect(JSON.stringify(holds)).not.toMatch(/Sample|street/)
  })

  test('is over when nothing is left to ship, or the order is cancelled', () => {
    const fulfillment_holds = [{ reason: 'other' }]
    const line_items = base.line_items.map((line: object) => ({
      ...line,
      fulfillment_status: 'fulfilled',
    }))
    expect(read({ fulfillment_holds, line_items }).holds).toEqual([])
    expect(read({ fulfillment_holds, cancelled_at: base.updated_at }).holds).toEqual([])
  })

  test('is seen by a fetch also where its reasons are not shown', async () => {
    const { shop, account } = shopifyAccount()
    await shop.takeOrder?.(
      JSON.stringify({ ...base, fulfillment_holds: [{ reason: 'other' }] }),
      false,
    )
    const send: typeof account.send = async (call) => {
      const reply = await account.send(call)
      if (!reply.ok) return reply
      const body = reply.value.body.replace(
        /"fulfillmentOrders":\{"nodes":\[.*?\]\}\]\}/,
        '"fulfillmentOrders":{"nodes":[]}',
      )
      return { ok: true, value: { ...reply.value, body } }
    }
    expect(await shopify.orders.fetchOrder({ ...account, send }, '5600000011001')).toMatchObject({
      value: { holds: [{ kind: 'other' }] },
    })
  })
})

describe('how an order is paid', () => {
  const tenders = (change: object) => read(change).tenders

  test.each([
    ['one gateway for all of it', ['bogus'], [], [{ method: 'bogus', amount: 6673 }]],
    ['nobody knows how', [], [], undefined],
    ['two gateways, and nobody knows how much of each', ['bogus', 'gift_card'], [], undefined],
    [
      'two gateways',
      ['bogus', 'gift_card'],
      [
        ['authorization', 'bogus', '41.73'],
        ['sale', 'gift_card', '25.00'],
      ],
      [
        { method: 'bogus', amount: 4173 },
        { method: 'gift_card', amount: 2500 },
      ],
    ],
  ])('is told by %s', (_name, payment_gateway_names, paid, expected) => {
    const transactions = paid.map(([kind, gateway, amount], index) => ({
      id: index + 1,
      kind,
      gateway,
      amount,
      status: 'success',
    }))
    expect(tenders({ payment_gateway_names, transactions })).toEqual(expected)
  })

  test('leaves out what failed, was voided, or is a capture of what was authorized', () => {
    const payment = { status: 'success', gateway: 'bogus', amount: '10.00' }
    const transactions = [
      { ...payment, id: 1, kind: 'authorization' },
      { ...payment, id: 2, kind: 'void', parent_id: 1 },
      { ...payment, id: 3, kind: 'authorization' },
      { ...payment, id: 4, kind: 'capture', parent_id: 3 },
      { ...payment, id: 5, kind: 'sale', status: 'failure' },
      { ...payment, id: 6, kind: 'sale', status: 'pending', gateway: 'bank transfer' },
      { ...payment, id: 7, kind: 'refund', parent_id: 4 },
    ]
    expect(tenders({ payment_gateway_names: ['bogus', 'bank transfer'], transactions })).toEqual([
      { method: 'bogus', amount: 1000 },
      { method: 'bank transfer', amount: 1000 },
    ])
  })

  test('adds up to the total, change at the counter included', () => {
    const { tenders: paid = [], total } = wire('split-tenders')
    expect(paid.reduce((sum, { amount }) => sum + amount, 0)).toBe(total)
  })
})

describe('a line', () => {
  const handed = (change: object) => read(change).lines.map((line) => line.fulfilledByChannel)
  const bare = { shipping_address: null, shipping_lines: [] }

  test('is taken along when a counter sells it and nobody is to send it', () => {
    expect(handed({ ...bare, source_name: 'pos' })).toEqual([true, true])
  })

  test.each([
    ['a counter sends it', { source_name: 'pos' }],
    [
      'a counter sends it and still has to ask where to',
      { ...bare, source_name: 'pos', shipping_lines: base.shipping_lines },
    ],
    ['a counter sends it for nothing', { source_name: 'pos', shipping_lines: [] }],
    ['it was sold elsewhere', bare],
  ])('is not when %s', (_name, change) => {
    expect(handed(change)).toEqual([undefined, undefined])
  })
})

describe('the amounts of an order', () => {
  test('are the shop’s, and the buyer’s only beside them', () => {
    expect(wire('two-currencies')).toMatchObject({
      currency: 'USD',
      total: 2656,
      presentment: { currency: 'EUR', total: 2465 },
    })
    const same = { presentment_money: { amount: '66.73', currency_code: 'USD' } }
    expect(read({ total_price_set: same }).presentment).toBeUndefined()
  })

  test.each([null, {}, { presentment_money: { amount: 'much', currency_code: 'EUR' } }])(
    'do not fail over a presentment of %j',
    (total_price_set) => {
      expect(read({ total_price_set }).presentment).toBeUndefined()
    },
  )

  test('say how much tax the marketplace pays over itself', () => {
    const { facilitatedTax, lines, shipping } = wire('facilitated-tax')
    const tax = [...lines, ...shipping].reduce((sum, part) => sum + part.tax, 0)
    expect(facilitatedTax).toBe(tax)
    expect(wire('paid-order').facilitatedTax).toBeUndefined()
  })
})

/** What Crossdock does with a body whose order has the story's id. */
function storyOf(name: string) {
  const body = { ...(fixture('shopify', `${name}.wire.json`) as object), id: 1001 }
  const order = orderOf(webhook(JSON.stringify({ ...body, admin_graphql_api_id: null })))
  const story = tellStory(policy)
  story.captured(order)
  story.did('create-order')
  return story
}

describe('in the ledger', () => {
  test.each(['counter-sale', 'taken-along'])(
    '%s goes to the ERP and never to a warehouse',
    (name) => {
      const story = storyOf(name)
      expect(story.exceptions()).toEqual([])
      story.pass(1_000_000)
      expect(story.intent('release-order')).toBeUndefined()
    },
  )

  test('an order that another location fulfils in part is released for the rest', () => {
    const story = storyOf('partly-elsewhere')
    story.did('release-order')
    expect(story.lines()).toEqual([
      [3, 0, 2, 0],
      [1, 0, 1, 0],
    ])
  })

  test('an order to be paid on delivery waits', () => {
    const story = storyOf('cash-on-delivery')
    expect(story.exceptions()).toEqual(['payment-pending'])
    expect(story.intent('release-order')).toBeUndefined()
  })

  test('a held order waits for every reason', () => {
    const story = storyOf('held')
    expect(story.exceptions()).toEqual(['address-review', 'fraud-review'])
    expect(story.intent('release-order')).toBeUndefined()
  })

  test('an order that is only authorized is released', () => {
    expect(storyOf('two-currencies').intent('release-order')).toBe('pending')
  })
})
