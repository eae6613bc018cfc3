import { shopify } from '../../connectors/shopify/index.ts'
import { parseJson } from '../../domain/parse.ts'
import { text } from '../support/fixtures.ts'
import { orderOf, parcel, shopifyAccount, webhook } from '../support/shopify.ts'
import { memoryDocuments } from '../support/twin-world.ts'

const paid = text('shopify', 'paid-order.wire.json')
const changed = (change: object) => JSON.stringify({ ...JSON.parse(paid), ...change })
const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T11:00:00.000Z' }
const sent = ({ world }: ReturnType<typeof shopifyAccount>) =>
  world.deliveries.map(({ headers }) => headers['x-shopify-topic'])

test('it names each webhook as Shopify would', async () => {
  const stage = shopifyAccount()
  const cancelled_at = '2026-11-03T09:00:00-05:00'
  for (const body of [
    paid,
    changed({ updated_at: '2026-11-03T08:00:00-05:00' }),
    changed({ updated_at: cancelled_at, cancelled_at }),
    changed({ updated_at: '2026-11-03T10:00:00-05:00', cancelled_at }),
    '{"order_edit":{"order_id":5600000011001}}',
    '{"id":1,"order_id":5600000011001}',
    '{"id":5600000011001}',
  ]) {
    await stage.shop.takeOrder?.(body, true)
  }
  expect(sent(stage)).toEqual([
    'orders/create',
    'orders/updated',
    'orders/cancelled',
    'orders/updated',
    'orders/edited',
    'refunds/create',
    'orders/updated',
  ])
})

test('it sends exactly the bytes it was given', async () => {
  const { shop, world } = shopifyAccount()
  const odd = ` ${paid}\n\n`
  await shop.takeOrder?.(odd, true)
  expect(world.deliveries[0]?.body).toBe(odd)
})

test('an older body is sent but does not replace what the shop knows', async () => {
  const { shop, account } = shopifyAccount()
  await shop.takeOrder?.(changed({ updated_at: '2026-11-04T00:00:00Z', note: 'new' }), false)
  await shop.takeOrder?.(changed({ updated_at: '2026-11-03T00:00:00Z', note: 'old' }), false)
  const order = await shopify.orders.fetchOrder(account, '5600000011001')
  expect(order).toMatchObject({ value: { people: { note: 'new' } } })
})

test('what it writes itself keeps ids beyond 2^53 to the digit', async () => {
  const { shop, account, world } = shopifyAccount()
  const body = text('shopify', 'huge-ids.wire.json')
  await shop.takeOrder?.(body, false)
  const order = orderOf(webhook(body))
  await shopify.orders.effects['confirm-shipment']?.make(
    account,
    parcel(order, { '9007199254740993': 1 }),
  )
  const written = world.deliveries[0]?.body ?? ''
  expect(written).toContain('"id":9223372036854775807,')
  expect(written).toContain('"id":9007199254740993,')
  expect(parseJson(written)).toMatchObject({
    value: {
      fulfillment_status: 'fulfilled',
      fulfillments: [{ tracking_number: '1Z0001', order_id: '9223372036854775807' }],
    },
  })
})

test('parcels survive an amendment that does not mention them, and the order follows it', async () => {
  const { shop, account, pass } = shopifyAccount()
  await shop.takeOrder?.(paid, false)
  const order = orderOf(webhook(paid))
  await shopify.orders.effects['confirm-shipment']?.make(
    account,
    parcel(order, { '1401000000001': 1 }),
  )
  pass(60)
  const [mugs, ...others] = JSON.parse(paid).line_items
  const line_items = [{ ...mugs, current_quantity: 2 }, ...others]
  await shop.takeOrder?.(changed({ updated_at: '2026-11-05T00:00:00Z', line_items }), false)

  const fetched = await shopify.orders.fetchOrder(account, '5600000011001')
  expect(fetched).toMatchObject({ value: { lines: [{ removed: 1, fulfilled: 1 }, {}] } })
  const two = parcel(order, { '1401000000001': 2 }, { id: 's2', trackingNumber: '1Z0002' })
  expect(await shopify.orders.effects['confirm-shipment']?.make(account, two)).toMatchObject({
    ok: true,
  })
})

test('a sweep of now finds what was stored now, however old it says it is', async () => {
  const { shop, account } = shopifyAccount()
  await shop.takeOrder?.(changed({ updated_at: '2021-12-31T19:00:00-05:00' }), false)
  const page = await shopify.sweep?.(account, window)
  expect(page?.ok && page.value.deliveries).toHaveLength(1)
  const early = { from: window.from, to: '2026-11-21T09:30:00.000Z' }
  const before = await shopify.sweep?.(account, early)
  expect(before?.ok && before.value.deliveries).toHaveLength(0)
})

test('a lagging index hides the newest, and only from searches', async () => {
  const { shop, account, world, pass } = shopifyAccount()
  await shop.takeOrder?.(paid, false)
  world.lag = true
  const page = await shopify.sweep?.(account, window)
  expect(page?.ok && page.value.deliveries).toHaveLength(0)
  expect(await shopify.orders.fetchOrder(account, '5600000011001')).toMatchObject({ value: {} })
  pass(61)
  const later = await shopify.sweep?.(account, window)
  expect(later?.ok && later.value.deliveries).toHaveLength(1)
})

test('it throttles in Shopify’s words when its bucket is empty, and fills it again', async () => {
  const { shop, account, pass } = shopifyAccount()
  await shop.takeOrder?.(paid, false)
  let answer = await shopify.sweep?.(account, window)
  for (let n = 0; n < 2_000 && answer?.ok; n++) answer = await shopify.sweep?.(account, window)
  expect(answer).toMatchObject({ ok: false, error: { next: 'wait', seconds: 1 } })
  pass(5)
  expect(await shopify.sweep?.(account, window)).toMatchObject({ ok: true })
})

test('it keeps everything but its tokens over a restart', async () => {
  const documents = memoryDocuments()
  const before = shopifyAccount({}, documents)
  await before.shop.takeOrder?.(paid, false)
  const order = orderOf(webhook(paid))
  const subject = parcel(order, { '1401000000001': 1 })
  const made = await shopify.orders.effects['confirm-shipment']?.make(before.account, subject)
  const after = shopifyAccount({}, documents)
  expect(after.shop.secret).toEqual(before.shop.secret)
  expect(await shopify.orders.effects['confirm-shipment']?.look?.(after.account, subject)).toEqual(
    made,
  )
})

describe('it refuses as Shopify does', () => {
  const graphql = async (body: string, headers: Record<string, string> = {}) => {
    const { shop } = shopifyAccount()
    const minted = await shop.handle({
      method: 'POST',
      path: '/admin/oauth/access_token',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        client_id: shop.secret['clientId'],
        client_secret: shop.secret['clientSecret'],
      }),
    })
    const token = JSON.parse(minted.body ?? '').access_token
    const path = '/admin/api/2026-10/graphql.json'
    return shop.handle({
      method: 'POST',
      path,
      headers: { 'x-shopify-access-token': token, ...headers },
      body,
    })
  }

  test.each(['', '{', '{}', '[]', 'null', '{"query":{}}'])('the request %j', async (body) => {
    expect(await graphql(body)).toMatchObject({ status: 400 })
  })

  test.each(['{', 'query { nothing }', 'mutation { orders { nodes { id } } }', '__proto__'])(
    'the query %j',
    async (query) => {
      const { status, body } = await graphql(JSON.stringify({ query }))
      expect(status).toBe(200)
      expect(JSON.parse(body ?? '')).toMatchObject({ errors: [{ message: expect.any(String) }] })
    },
  )

  test('a token it never gave', async () => {
    const query = JSON.stringify({ query: '{ shop { id } }' })
    expect(await graphql(query, { 'x-shopify-access-token': 'shpat_x' })).toMatchObject({
      status: 401,
    })
  })

  test('a query that costs too much', async () => {
    const lines =
      'lineItems(first: 250) { nodes { taxLines { priceSet { shopMoney { amount } } } discountAllocations { allocatedAmountSet { shopMoney { amount } } } } }'
    const query = `{ orders(first: 250) { nodes { ${lines} } } }`
    const { body } = await graphql(JSON.stringify({ query }))
    expect(JSON.parse(body ?? '')).toMatchObject({
      errors: [{ extensions: { code: 'MAX_COST_EXCEEDED' } }],
    })
  })

  test.each([
    ['an unknown fulfilment order', '999001', '999001001', 1, /does not exist/],
    ['more than remains', '5600000011001001', '5600000011001001001', 9, /Invalid .* quantity/],
    ['none of it', '5600000011001001', '5600000011001001001', 0, /Invalid .* quantity/],
    ['a line of another', '5600000011001001', '999', 1, /Invalid .* quantity/],
  ])('fulfilling %s', async (_name, order, line, quantity, message) => {
    const { shop, account } = shopifyAccount()
    await shop.takeOrder?.(paid, false)
    await shopify.orders.fetchOrder(account, '1')
    const token = await account.tokens.get(async () => {
      throw new Error('there is one')
    })
    const fulfillment = {
      lineItemsByFulfillmentOrder: [
        {
          fulfillmentOrderId: `gid://shopify/FulfillmentOrder/${order}`,
          fulfillmentOrderLineItems: [
            { id: `gid://shopify/FulfillmentOrderLineItem/${line}`, quantity },
          ],
        },
      ],
    }
    const { body } = await shop.handle({
      method: 'POST',
      path: '/admin/api/2026-10/graphql.json',
      headers: { 'x-shopify-access-token': token.ok ? token.value : '' },
      body: JSON.stringify({
        query: `mutation F($f: FulfillmentInput!) {
          fulfillmentCreate(fulfillment: $f) { fulfillment { id } userErrors { field message } }
        }`,
        variables: { f: fulfillment },
      }),
    })
    expect(JSON.parse(body ?? '').data.fulfillmentCreate).toEqual({
      fulfillment: null,
      userErrors: [{ field: ['fulfillment'], message: expect.stringMatching(message) }],
    })
  })
})

test('an edit without `updated_at` is stamped by the shop, and sent as the newer version', async () => {
  const { shop, world, account } = shopifyAccount()
  await shop.takeOrder?.(paid, false)
  const order = orderOf(webhook(paid))
  await shopify.orders.effects['confirm-shipment']?.make(
    account,
    parcel(order, { '1401000000001': 1 }),
  )
  await shop.takeOrder?.(changed({ updated_at: undefined, note: 'at the back' }), true)
  const [before, after] = world.deliveries.map(({ body }) => orderOf(webhook(body)))
  expect(after?.people.note).toBe('at the back')
  expect(Date.parse(after?.version ?? '')).toBeGreaterThan(Date.parse(before?.version ?? ''))
  expect(await shopify.orders.fetchOrder(account, order.channelOrderId)).toMatchObject({
    value: { version: after?.version, people: { note: 'at the back' } },
  })
})

describe('fulfilment orders', () => {
  const id = 'gid://shopify/FulfillmentOrder/5600000011001001'
  const hold = `mutation { fulfillmentOrderHold(id: "${id}", fulfillmentHold: { reason: INCORRECT_ADDRESS, reasonNotes: "x" })
    { fulfillmentOrder { status } fulfillmentHold { id } userErrors { message } } }`
  const release = `mutation { fulfillmentOrderReleaseHold(id: "${id}") { fulfillmentOrder { status } userErrors { message } } }`

  test('are held and released, and the order says why', async () => {
    const stage = shopifyAccount()
    await stage.shop.takeOrder?.(paid, false)
    const holds = async () => {
      const order = await shopify.orders.fetchOrder(stage.account, '5600000011001')
      return order.ok && order.value?.holds?.map(({ kind }) => kind)
    }
    expect(await asking(stage, hold)).toMatchObject({
      fulfillmentOrderHold: { fulfillmentOrder: { status: 'ON_HOLD' }, userErrors: [] },
    })
    expect(await holds()).toEqual(['address'])
    expect(await asking(stage, release)).toMatchObject({
      fulfillmentOrderReleaseHold: { fulfillmentOrder: { status: 'OPEN' }, userErrors: [] },
    })
    expect(await holds()).toEqual([])
    expect(sent(stage)).toEqual([
      'fulfillment_orders/placed_on_hold',
      'orders/updated',
      'fulfillment_orders/hold_released',
      'orders/updated',
    ])
    const readings = stage.world.deliveries.map(({ body, headers }) =>
      shopify.read(webhook(body, headers['x-shopify-topic'])),
    )
    const name = 'fulfillment-order-5600000011001001'
    expect(readings[0]).toEqual({ ok: true, value: [{ type: 'hint', channelOrderId: name }] })
    expect(readings[1]).toMatchObject({ value: [{ order: { holds: [{ kind: 'address' }] } }] })
    expect(await shopify.orders.fetchOrder(stage.account, name)).toMatchObject({
      value: { channelOrderId: '5600000011001' },
    })
  })

  test('that nobody has belong to no order', async () => {
    const { account } = shopifyAccount()
    expect(await shopify.orders.fetchOrder(account, 'fulfillment-order-999001')).toEqual({
      ok: true,
      value: undefined,
    })
  })

  test('that nobody has cannot be held', async () => {
    expect(await asking(shopifyAccount(), hold)).toMatchObject({
      fulfillmentOrderHold: { userErrors: [{ message: expect.stringMatching(/not be found/) }] },
    })
  })
})

describe('a cancellation', () => {
  const id = 'gid://shopify/Order/5600000011001'
  const cancel = `mutation { orderCancel(orderId: "${id}", reason: CUSTOMER, restock: true) {
    job { done } orderCancelUserErrors { message } } }`

  test('is carried out later, in the next life of the shop too', async () => {
    const documents = memoryDocuments()
    const before = shopifyAccount({}, documents)
    await before.shop.takeOrder?.(changed({ financial_status: 'authorized' }), false)
    expect(await asking(before, cancel)).toMatchObject({ orderCancel: { job: { done: false } } })
    const after = shopifyAccount({}, documents)
    await after.shop.tick?.()
    await after.shop.tick?.()
    expect(sent(after)).toEqual(['orders/cancelled'])
    expect(await shopify.orders.fetchOrder(after.account, '5600000011001')).toMatchObject({
      value: {
        cancelReason: 'customer',
        payment: 'voided',
        lines: [{ removed: 3 }, { removed: 1 }],
      },
    })
  })

  test('that was carried out is not carried out again', async () => {
    const documents = memoryDocuments()
    const before = shopifyAccount({}, documents)
    await before.shop.takeOrder?.(paid, false)
    await asking(before, cancel)
    await before.shop.tick?.()
    await before.shop.takeOrder?.(changed({ updated_at: '2026-12-01T00:00:00Z' }), false)
    const after = shopifyAccount({}, documents)
    await after.shop.tick?.()
    expect(sent(after)).toEqual([])
  })

  test.each([
    ['cancelled', { cancelled_at: '2026-11-03T00:00:00Z' }, /already been cancelled/],
    ['unknown', { id: 1, admin_graphql_api_id: null }, /does not exist/],
    [
      'fulfilled',
      { line_items: [{ id: 1, quantity: 1, price: '1', fulfillment_status: 'fulfilled' }] },
      /has fulfillments/,
    ],
  ])('of an order that is %s is refused', async (_name, change, message) => {
    const stage = shopifyAccount()
    await stage.shop.takeOrder?.(changed(change), false)
    expect(await asking(stage, cancel)).toMatchObject({
      orderCancel: {
        job: null,
        orderCancelUserErrors: [{ message: expect.stringMatching(message) }],
      },
    })
  })
})

describe('a refund', () => {
  const line = (quantity: number) =>
    `{ lineItemId: "gid://shopify/LineItem/1401000000001", quantity: ${quantity}, restockType: CANCEL }`
  const refund = (lines: string, key = '') =>
    `mutation { refundCreate(input: { orderId: "gid://shopify/Order/5600000011001", refundLineItems: [${lines}] }) ${key} {
      refund { id } userErrors { message } } }`

  test('needs a key, which stands for one request', async () => {
    const stage = shopifyAccount()
    await stage.shop.takeOrder?.(paid, false)
    const codes = async (query: string) =>
      (await answered(stage, query)).errors?.map(({ extensions }) => extensions.code)
    expect(await codes(refund(line(1)))).toEqual(['BAD_REQUEST'])
    const key = '@idempotent(key: "a")'
    const first = await asking(stage, refund(line(1), key))
    expect(await asking(stage, refund(line(1), key))).toEqual(first)
    expect(await codes(refund(line(2), key))).toEqual(['IDEMPOTENCY_KEY_PARAMETER_MISMATCH'])
    expect(sent(stage)).toEqual(['refunds/create', 'orders/updated'])
  })

  test('of more than there is fails, and spends its key', async () => {
    const stage = shopifyAccount()
    await stage.shop.takeOrder?.(paid, false)
    const query = refund(line(4), '@idempotent(key: "b")')
    expect(await asking(stage, query)).toMatchObject({
      refundCreate: {
        refund: null,
        userErrors: [{ message: expect.stringMatching(/cannot refund/) }],
      },
    })
    expect(await answered(stage, query)).toMatchObject({
      errors: [{ extensions: { code: 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED' } }],
    })
  })
})

interface Answered {
  readonly data?: Readonly<Record<string, unknown>>
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

/** What the Admin API answers to a client of its own. */
async function answered(
  { shop, account }: ReturnType<typeof shopifyAccount>,
  query: string,
): Promise<Answered> {
  await shopify.orders.fetchOrder(account, '1')
  const token = await account.tokens.get(async () => {
    throw new Error('there is one')
  })
  const { body } = await shop.handle({
    method: 'POST',
    path: '/admin/api/2026-10/graphql.json',
    headers: { 'x-shopify-access-token': token.ok ? token.value : '' },
    body: JSON.stringify({ query }),
  })
  return JSON.parse(body ?? '')
}

const asking = async (stage: ReturnType<typeof shopifyAccount>, query: string) =>
  (await answered(stage, query)).data
