import type { ExceptionCode } from '../../schemas/events/exception.ts'
import { apiOf, problemIn } from './support/api.ts'
import { broken, count } from './support/audit.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { eventually, isComplete, stands } from './support/outside.ts'
import { later, linesOf, type Sold, sold } from './support/sold.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

interface Standing {
  readonly what: string
  readonly order: Sold
  readonly code: ExceptionCode
  /** What a person has to read to know what to do. */
  readonly reason: RegExp
}

const standing: readonly Standing[] = [
  {
    what: 'a product that was deleted',
    order: sold([{}, { sku: null, product_exists: false }]),
    code: 'missing-sku',
    reason: /line \d+: no SKU/,
  },
  {
    what: 'parts that do not add up to the total',
    order: sold([{}], { total_price: '10.01' }),
    code: 'money-mismatch',
    reason: /10\.01 USD.*difference 0\.01/,
  },
  {
    what: 'an amount that the currency does not have',
    order: sold([{ price: '1500.50' }], { currency: 'JPY', total_price: '1500.50' }),
    code: 'money-mismatch',
    reason: /JPY/,
  },
  {
    what: 'a test order',
    order: sold([{}], { test: true }),
    code: 'test-order',
    reason: /test order/,
  },
  {
    what: 'something to ship and nowhere to ship it',
    order: sold([{}], { shipping_address: null }),
    code: 'missing-address',
    reason: /shipping address/,
  },
]

test.each(standing)('$what stands as $code and goes nowhere', async ({ order, code, reason }) => {
  await hub.place(order)
  const [state] = await hub.until('an exception', [order], stands)
  expect(Object.values(state?.exceptions ?? {})).toMatchObject([
    { code, owner: expect.any(String), reason: expect.stringMatching(reason) },
  ])
  expect((await count(hub, [order])).get(order)).toMatchObject({
    salesOrders: 0,
    warehouseOrders: 0,
  })
})

test('an item that the ERP does not know stands with the words of the ERP', async () => {
  const order = sold([{ sku: 'UNKNOWN-LAMP' }])
  await hub.place(order)
  const [state] = await hub.until('an exception', [order], stands)
  expect(Object.values(state?.exceptions ?? {})).toMatchObject([
    { code: 'effect-refused', reason: expect.stringMatching(/UNKNOWN-LAMP/) },
  ])
  expect((await count(hub, [order])).get(order)?.warehouseOrders).toBe(0)
})

test('a signed body that is no order stands too, under the name it has', async () => {
  const nameless = 'this is no JSON'
  const named = sold([], { line_items: [] })
  const heavy = sold([{}], { note: 'x'.repeat(900_000) })
  for (const body of [nameless, named.text, heavy.text]) {
    expect((await hub.webhook(body)).status).toBe(200)
  }
  const states = await hub.until('exceptions', [named, heavy], stands)
  const reasons = states.flatMap(({ exceptions }) => Object.values(exceptions)).map((e) => e.reason)
  expect(reasons).toEqual([
    expect.stringContaining('line_items'),
    expect.stringContaining('the limit is 300000'),
  ])
  await eventually('the nameless one', async () =>
    (await hub.ledger.heads()).find(({ id }) => id.includes('unreadable-')),
  )
})

test('an exception is cleared by the version of the order that mends it', async () => {
  const order = sold([{ sku: null }])
  await hub.place(order)
  await hub.until('an exception', [order], stands)
  const mended = later(order, 5, { line_items: linesOf(order, { sku: 'MUG-STONE' }) })
  await hub.place(mended)
  await hub.until('a complete order', [mended], isComplete)
})

test.each(['10.03', '9.95'])(
  'parts that do not add up to %s are posted with that total when a person says so, and go all the way',
  async (total) => {
    const order = sold([{}], { total_price: total, current_total_price: total })
    await hub.place(order)
    await hub.until('an exception', [order], stands)
    const api = apiOf(hub.ready)
    const give = (command: object) => api.post(`/orders/${order.orderId}/commands`, command)
    const resolve = { do: 'resolve', code: 'money-mismatch', subject: '', note: 'the shop rounds' }
    expect(problemIn(await give({ do: 'retry' })).type).toBe('docs/api.md#wrong-state')
    expect(problemIn(await give(resolve)).errors).toMatchObject([{ pointer: '#/resolution' }])
    for (const unchanged of [undefined, 'money-mismatch was already resolved']) {
      const answer = await give({ ...resolve, resolution: 'post' })
      expect([answer.status, Object(answer.body).unchanged]).toEqual([200, unchanged])
    }
    await hub.until('a complete order', [order], isComplete)
    expect(await broken(hub, [order])).toEqual([])
  },
)
