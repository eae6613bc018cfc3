import { twin } from '../../twins/mirakl/twin.ts'
import { text } from '../support/fixtures.ts'
import { miraklAccount } from '../support/mirakl.ts'
import { memoryWorld } from '../support/twin-world.ts'

const wire = (name: string) => text('mirakl', `${name}.wire.json`)

/** The twin, and a way to ask it as a seller does. */
function market() {
  const made = miraklAccount()
  const key = String(made.operator.secret['apiKey'])
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    authorization: string | undefined = key,
  ) => {
    const headers = authorization === '' ? {} : { authorization }
    const said = body === undefined ? '' : JSON.stringify(body)
    const {
      status,
      headers: got,
      body: answer,
    } = await made.operator.handle({
      method,
      path,
      headers,
      body: said,
    })
    return { status, headers: got ?? {}, json: answer ? JSON.parse(answer) : undefined }
  }
  const list = async (query = '') => (await ask('GET', `/api/orders${query}`)).json
  return { ...made, key, ask, list }
}

const numbered = (index: number) =>
  JSON.stringify({
    ...JSON.parse(wire('to-ship')),
    order_id: `N${String(index).padStart(3, '0')}-A`,
  })

test.each(['', 'wrong', 'Bearer KEY'])('the key %j opens nothing', async (key) => {
  const { ask, key: right } = market()
  const reply = await ask('GET', '/api/orders', undefined, key.replace('KEY', right))
  expect(reply).toMatchObject({ status: 401, json: { status: 401, message: 'Unauthorized' } })
})

test('lists ten orders unless asked for more, and a hundred at most', async () => {
  const { operator, list, ask } = market()
  for (let i = 0; i < 12; i++) await operator.takeOrder?.(numbered(i), false)
  expect(await list()).toMatchObject({ orders: { length: 10 }, total_count: 12 })
  const [first] = (await list('?max=5&offset=10')).orders
  expect(first.order_id).toBe('N010-A')
  expect(await ask('GET', '/api/orders?max=101')).toMatchObject({ status: 400 })
})

test('finds orders by id, by state and by when they changed', async () => {
  const { operator, list, ask } = market()
  for (const name of ['to-ship', 'staging', 'refunded'])
    await operator.takeOrder?.(wire(name), false)
  const ids = async (query: string) =>
    (await list(query)).orders.map((order: { order_id: string }) => order.order_id)
  expect(await ids('?order_ids=C10001-A,C404-A')).toEqual(['C10001-A'])
  expect(await ids('?order_state_codes=STAGING,SHIPPED')).toEqual(['C10004-A', 'C10010-A'])
  expect(await ids('?start_update_date=2026-11-20T00:00:00Z')).toEqual(['C10010-A'])
  expect(await ids('?end_update_date=2026-11-19T00:00:00Z')).toEqual(['C10001-A', 'C10004-A'])
  expect(await ids('?start_update_date=2026-11-20T10:00:20Z')).toEqual(['C10010-A'])
  const many = Array.from({ length: 101 }, (_, i) => `N${i}`).join(',')
  expect(await ask('GET', `/api/orders?order_ids=${many}`)).toMatchObject({ status: 400 })
  expect(await ask('GET', '/api/orders?order_tax_mode=NET')).toMatchObject({ status: 400 })
})

test('an order that is sent counts as changed now; one that is only kept does not', async () => {
  const { operator, list } = market()
  await operator.takeOrder?.(wire('to-ship'), true)
  expect((await list()).orders[0].last_updated_date).toBe('2026-11-21T10:00:00Z')
  await operator.takeOrder?.(wire('to-ship'), false)
  expect((await list()).orders[0].last_updated_date).toBe('2026-11-18T09:02:11Z')
})

test('takes a page of orders as Mirakl gives it, digit by digit', async () => {
  const { operator, list } = market()
  const page = `{"orders":[${wire('to-ship')},${wire('yen')}],"total_count":2}`
  expect(await operator.takeOrder?.(page, false)).toMatchObject({ status: 201 })
  expect(await list()).toMatchObject({ total_count: 2 })
  const reply = await operator.handle({
    method: 'GET',
    path: '/api/orders',
    headers: { authorization: String(operator.secret['apiKey']) },
    body: '',
  })
  expect(reply.body).toContain('9007199254740993123')
  expect(reply.body).toContain('"total_price":4150.00')
})

test.each([
  ['{"orders":[]}', 'no order'],
  ['{"order_lines":[{"order_line_id":"1"}]}', 'no order_id'],
  ['{"order_id":"1","order_lines":[{"order_line_id":"1"}]}', 'no order_state'],
  ['{"order_id":"1","order_state":"SHIPPING","order_lines":[{}]}', 'no order_lines'],
])('refuses %s and says why', async (body, why) => {
  const reply = await market().operator.takeOrder?.(body, true)
  expect(reply).toMatchObject({ status: 422, body: expect.stringContaining(why) })
})

test('tells no address before the order is to be shipped, also one that it knows', async () => {
  const { operator, list, pass } = market()
  const order = { ...JSON.parse(wire('to-ship')), order_state: 'WAITING_DEBIT' }
  await operator.takeOrder?.(JSON.stringify(order), true)
  const customer = async () => (await list()).orders[0].customer
  expect(await customer()).toMatchObject({ shipping_address: null, billing_address: null })
  await pass(1)
  expect(await customer()).toMatchObject({ shipping_address: null })
  await pass(2)
  expect(await customer()).toMatchObject({ shipping_address: { city: 'Sampleville' } })
})

test('does not know in a lagging list what has just changed', async () => {
  const { operator, world, list, ask } = market()
  await operator.takeOrder?.(wire('awaiting-acceptance'), true)
  world.lag = true
  expect(await list()).toMatchObject({ total_count: 0 })
  world.clock = new Date('2026-11-21T10:05:00.000Z')
  expect(await list()).toMatchObject({ total_count: 1 })
  const order_lines = [{ id: 'C10002-A-1', accepted: true }]
  await ask('PUT', '/api/orders/C10002-A/accept', { order_lines })
  expect((await list()).orders[0].order_state).toBe('WAITING_ACCEPTANCE')
  world.lag = false
  expect((await list()).orders[0].order_state).toBe('WAITING_DEBIT')
})

test('throttles an operation that is asked too often, says how long, and no other', async () => {
  const { ask, world } = market()
  for (let i = 0; i < 120; i++) await ask('GET', '/api/orders')
  world.clock = new Date('2026-11-21T10:00:20.000Z')
  const reply = await ask('GET', '/api/orders?offset=10')
  expect([reply.status, reply.headers['retry-after']]).toEqual([429, '40'])
  expect((await ask('GET', '/api/shipments')).status).toBe(200)
  world.clock = new Date('2026-11-21T10:01:00.000Z')
  expect((await ask('GET', '/api/orders')).status).toBe(200)
})

describe('refuses', () => {
  const id = 'C10002-A'
  const yes = { id: `${id}-1`, accepted: true }

  test.each([
    ['PUT', `/api/orders/${id}/accept`, { order_lines: [] }, 400, 'DECISION_MISSING'],
    ['PUT', `/api/orders/${id}/accept`, { order_lines: [yes, yes] }, 400, 'DUPLICATE'],
    [
      'PUT',
      `/api/orders/${id}/accept`,
      { order_lines: [yes, { ...yes, id: 'X' }] },
      400,
      'NOT_FOUND',
    ],
    ['PUT', `/api/orders/${id}/ship`, undefined, 400, "it is 'WAITING_ACCEPTANCE'"],
    ['PUT', `/api/orders/${id}/tracking`, { carrier_name: 'X' }, 400, 'WAITING_ACCEPTANCE'],
    ['PUT', '/api/orders/C404-A/ship', undefined, 404, 'not found'],
    ['PUT', '/api/orders/refund', { refunds: [{ order_line_id: `${id}-1` }] }, 400, 'debited'],
    ['PUT', '/api/orders/refund', { refunds: [{ order_line_id: 'X' }] }, 404, 'not found'],
    ['PUT', '/api/orders/cancel', { cancelations: [{ order_line_id: `${id}-1` }] }, 400, 'reason'],
    ['GET', '/api/products', undefined, 404, 'Not Found'],
    ['DELETE', '/api/orders', undefined, 404, 'Not Found'],
  ])('%s %s of %j with %d', async (method, path, body, status, words) => {
    const { operator, ask, stored } = market()
    await operator.takeOrder?.(wire('awaiting-acceptance'), false)
    const before = stored(id)
    const reply = await ask(method, path, body)
    expect(reply).toMatchObject({
      status,
      json: { status, message: expect.stringContaining(words) },
    })
    expect(stored(id)).toEqual(before)
  })

  test('a body that is no JSON', async () => {
    const { operator, key } = market()
    const path = `/api/orders/${id}/accept`
    const said = { method: 'PUT', path, headers: { authorization: key }, body: '{' }
    expect(await operator.handle(said)).toMatchObject({ status: 400 })
  })

  test.each([
    [{ quantity: 4, amount: 1 }, 'quantity'],
    [{ quantity: 1, amount: 99 }, 'amount'],
  ])('to take back %j', async (part, words) => {
    const { operator, ask } = market()
    await operator.takeOrder?.(wire('to-ship'), false)
    const refund = { order_line_id: 'C10001-A-1', reason_code: '15', shipping_amount: 0, ...part }
    expect(await ask('PUT', '/api/orders/refund', { refunds: [refund] })).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining(words) },
    })
  })

  test('to take back without naming every tax of the line', async () => {
    const { operator, ask } = market()
    await operator.takeOrder?.(wire('sales-tax'), false)
    const refund = { order_line_id: 'US-90071-A-1', reason_code: '15', quantity: 1, amount: 1 }
    const half = { ...refund, taxes: [{ code: 'STATE', amount: 0 }], shipping_taxes: [] }
    expect(await ask('PUT', '/api/orders/refund', { refunds: [half] })).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('taxes is mandatory') },
    })
  })
})

test('keeps orders, shipments and its key in a next life', async () => {
  const { operator, world, ask } = market()
  await operator.takeOrder?.(wire('to-ship'), false)
  const shipment_lines = [{ order_line_id: 'C10001-A-1', quantity: 1 }]
  await ask('POST', '/api/shipments', { shipments: [{ order_id: 'C10001-A', shipment_lines }] })
  const next = twin(memoryWorld(world.settings, world.documents))
  expect(next.state()).toEqual(operator.state())
  expect(next.secret).toEqual(operator.secret)
})
