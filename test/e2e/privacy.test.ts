import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { OrderView } from '../../schemas/api/order-view.ts'
import { PrivacyAccepted } from '../../schemas/api/privacy.ts'
import { type Api, apiOf, bodyOf } from './support/api.ts'
import { objectsIn } from './support/objects.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { eventually, isComplete } from './support/outside.ts'
import { later, type Sold, sold } from './support/sold.ts'

let hub: OpenedHub
let api: Api
beforeAll(async () => {
  hub = await open()
  api = apiOf(hub.ready)
})
afterAll(() => hub.hub.close())

const account = { shop_id: 954889, shop_domain: 'demo-store.myshopify.com' }

/** An order of a customer who is nobody else. */
function soldTo(customer: number): Sold {
  const name = `Customer-${customer}`
  const address = {
    name,
    address1: `Street ${customer}`,
    city: 'Town',
    zip: '97209',
    country_code: 'US',
  }
  return sold([{}], {
    email: `${name}@example.com`,
    customer: { id: customer, first_name: name, last_name: 'X' },
    shipping_address: address,
    billing_address: address,
  })
}

const report = (id: string) =>
  eventually(`the report of ${id}`, async () => {
    const texts = await objectsIn(hub, 'FilesBucket')
    const text = texts.get(`privacy/${id}.json`)
    return text && Report.parse(JSON.parse(text.toString()))
  })
const Report = z.object({
  outcome: z.string(),
  erased: z.object({ orders: z.int(), messages: z.int() }),
  orders: z.array(
    z.object({ order: z.string(), alsoAt: z.array(z.object({ connection: z.string() })) }),
  ),
})

/** Messages in the raw bucket that say this. */
const messagesSaying = async (text: string): Promise<number> => {
  const lines = [...(await objectsIn(hub, 'RawMessages')).values()].flatMap((object) =>
    gunzipSync(object).toString().split('\n'),
  )
  const bodies = lines.flatMap((line) => JSON.parse(line).body ?? [])
  return bodies.filter((body) => gunzipSync(Buffer.from(body, 'base64')).includes(text)).length
}

test('a customer whom the shop wants forgotten is forgotten everywhere, once the rest of the world is told to be', async () => {
  const [theirs, others] = [soldTo(207001), soldTo(207002)]
  await Promise.all([theirs, others].map((order) => hub.place(order)))
  await hub.until('complete orders', [theirs, others], isComplete)
  expect(await messagesSaying('Customer-207001')).toBeGreaterThan(0)

  const redact = {
    ...account,
    customer: { id: 207001, email: 'x@y.example' },
    orders_to_redact: [],
  }
  const sent = await hub.webhook(JSON.stringify(redact), { topic: 'customers/redact' })
  expect(sent.status).toBe(200)
  const done = await report('shopify.demo-store.customer-207001')
  expect(done).toMatchObject({
    outcome: 'done',
    erased: { orders: 1 },
    orders: [
      {
        order: theirs.orderId,
        alsoAt: expect.arrayContaining([{ connection: 'netsuite/demo-erp' }]),
      },
    ],
  })
  expect(done.erased.messages).toBeGreaterThan(0)
  expect(await messagesSaying('Customer-207001')).toBe(0)
  expect(await messagesSaying('Customer-207002')).toBeGreaterThan(0)

  const read = async ({ orderId }: Sold) => {
    const headers = { 'x-purpose': 'customer-service' }
    return bodyOf(OrderView, 200, await api.get(`/orders/${orderId}?people=true`, { headers }))
  }
  const view = await read(theirs)
  expect(view).toMatchObject({
    peopleGone: 'erased',
    erasedBy: 'shopify.demo-store.customer-207001',
  })
  expect(view).not.toHaveProperty('people')
  expect((await read(others)).people?.customer?.id).toBe('207002')

  await hub.webhook(later(theirs, 60, { note: 'again' }).text)
  await eventually('the later version', async () => {
    const head = await hub.head(theirs)
    return head?.seen && head.seen.version > String(theirs.body['updated_at']) ? head : undefined
  })
  expect(await read(theirs)).not.toHaveProperty('people')
})

test('the desk has an order’s people written to a file, and erased; the file goes with them', async () => {
  const order = soldTo(207003)
  await hub.place(order)
  await hub.until('a complete order', [order], isComplete)
  const ask = async (kind: string) => {
    const answer = await api.post('/privacy-requests', { kind, order: order.orderId })
    return bodyOf(PrivacyAccepted, 202, answer)
  }
  const { id, disclosure = '' } = await ask('disclosure')
  await report(id)
  const file = async () => (await objectsIn(hub, 'FilesBucket')).get(disclosure)?.toString()
  expect(await file()).toContain('Customer-207003')
  const erasure = await ask('erasure')
  expect(await report(erasure.id)).toMatchObject({ outcome: 'done', erased: { orders: 1 } })
  expect(await file()).not.toContain('Customer-207003')
  expect(hub.happenings.filter(({ kind }) => kind === 'denied')).toEqual([])
})

test('a request of somebody else’s shop is refused', async () => {
  const redact = { ...account, shop_domain: 'other-store.myshopify.com' }
  await hub.webhook(JSON.stringify(redact), { topic: 'shop/redact' })
  expect((await report('shopify.demo-store.shop-954889')).outcome).toMatch(/^refused/)
})
