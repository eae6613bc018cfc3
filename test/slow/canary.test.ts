import { gzipSync } from 'node:zlib'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { build } from '../../local/build.ts'
import { encodeState } from '../../platform/dynamodb/state-codec.ts'
import { type Api, apiOf } from '../e2e/support/api.ts'
import { partnerShipsTill, withSettings } from '../e2e/support/assembly.ts'
import { type Canary, canariesIn, canaryOf } from '../e2e/support/canaries.ts'
import { type OpenedHub, open, root } from '../e2e/support/open-hub.ts'
import {
  erp,
  eventually,
  isCancelled,
  isComplete,
  operator,
  shop,
  stands,
  wms,
} from '../e2e/support/outside.ts'
import { type Heard, overhear } from '../e2e/support/overheard.ts'
import { remainsOf } from '../e2e/support/remains.ts'
import { cancelled, later, type Sold, sold } from '../e2e/support/sold.ts'
import { submitted } from '../e2e/support/submitted.ts'

let hub: OpenedHub
let api: Api
let wire: ReturnType<typeof overhear>
/** What the API answered to those who named no purpose. */
const answers: Heard[] = []
const phones: string[] = []
beforeAll(async () => {
  const assembly = withSettings(await build(root), (settings) => ({
    routes: partnerShipsTill(settings),
  }))
  hub = await open({ assembly })
  wire = overhear(hub.ready.aws)
  api = apiOf(hub.ready)
})
afterAll(() => {
  wire.stop()
  return hub.hub.close()
})

/** Somebody whom only this flow is about. */
function person(flow: string): Canary {
  const canary = canaryOf(flow)
  phones.push(canary.people.shipTo.phone)
  return canary
}

const order = (flow: string, change: Readonly<Record<string, unknown>> = {}, goods = [{}]): Sold =>
  sold(goods, { ...person(flow).shopify, ...change })

async function ask(method: 'get' | 'post', path: string, body?: unknown) {
  const answer = method === 'get' ? await api.get(path) : await api.post(path, body)
  answers.push({ where: `answer to ${method} ${path}`, text: JSON.stringify(answer.body) })
  return answer
}

const flows: Readonly<Record<string, () => Promise<unknown>>> = {
  async 'an order goes all the way, is asked for and erased'() {
    const whole = order('whole', {}, [{ quantity: 2 }])
    const changed = later(whole, 2, { note: `ring ${person('changed').word('note')}` })
    await hub.place(whole)
    await hub.webhook(changed.text)
    await hub.until('a complete order', [whole], isComplete)
    for (const path of ['', '?people=true', '/timeline'])
      await ask('get', `/orders/${whole.orderId}${path}`)
    const headers = { 'x-purpose': 'address-check' }
    const told = await api.get(`/orders/${whole.orderId}?people=true`, { headers })
    expect(JSON.stringify(told.body)).toContain('Zqxjwhole')
    const account = { shop_id: 1, shop_domain: 'demo-store.myshopify.com' }
    const customer = Object(whole.body['customer'])
    const asked = { ...account, customer, orders_requested: [], data_request: { id: 7 } }
    await hub.webhook(JSON.stringify(asked), { topic: 'customers/data_request' })
    await reported('shopify.demo-store.data-request-7')
    const redact = { ...account, customer, orders_to_redact: [] }
    await hub.webhook(JSON.stringify(redact), { topic: 'customers/redact' })
    await reported(`shopify.demo-store.customer-${customer.id}`)
  },

  async 'an order is cancelled at its shop'() {
    const first = order('cancelled')
    await hub.place(first, { deliver: false })
    await hub.place(cancelled(first, 1))
    await hub.until('a cancelled order', [first], isCancelled)
  },

  async 'orders stand as exceptions'() {
    const standing = [
      order('unknownsku', {}, [{ sku: 'UNKNOWN-LAMP' }]),
      order('noaddress', {
        shipping_address: { ...person('noaddress').shopify.shipping_address, address1: null },
      }),
      order('mismatch', { total_price: '10.01' }),
      order('test', { test: true }),
      order('fraud', { risk: { recommendation: 'cancel' } }),
    ]
    await Promise.all(standing.map((each) => hub.place(each)))
    await hub.until('exceptions', standing, stands)
    await ask('get', '/exceptions')
    const [first] = standing
    await ask('post', `/orders/${first?.orderId}/commands`, { do: 'retry' })
  },

  async 'bodies cannot be read'() {
    const { shopify } = person('malformed')
    const text = JSON.stringify(shopify)
    const bodies = [
      `${text}{`,
      text,
      sold([], { ...shopify, line_items: [] }).text,
      sold([{}], { ...shopify, email: { text }, phone: [text], note: 7 }).text,
      sold([{}], { ...shopify, currency: shopify.email, total_price: shopify.note }).text,
      sold([{}], {
        ...shopify,
        shipping_address: { ...shopify.shipping_address, country_code: shopify.email },
      }).text,
      sold([{}], { ...shopify, updated_at: shopify.note }).text,
      sold([{}], { ...shopify, note: shopify.note.repeat(20_000) }).text,
    ]
    const sent = await Promise.all(bodies.map((body) => hub.webhook(body)))
    expect(sent.map(({ status }) => status)).toEqual(bodies.map(() => 200))
    const topics = [
      'orders/edited',
      'customers/redact',
      'shop/redact',
      'refunds/create',
      'none/such',
    ]
    for (const topic of topics) await hub.webhook(text, { topic })
    const forged = { 'x-shopify-hmac-sha256': 'A'.repeat(43).concat('=') }
    const refused = await hub.webhook(text, { headers: forged })
    answers.push({ where: 'answer to a forgery', text: await refused.text() })
  },

  async 'systems misbehave'() {
    const moods = [
      [erp, 'commit-then-drop'],
      [erp, 'html'],
      [erp, 'unavailable'],
      [erp, 'throttle'],
      [erp, 'refuse-credentials'],
      [wms, 'commit-then-drop'],
      [wms, 'html'],
      [wms, 'refuse-credentials'],
      [shop, 'commit-then-drop'],
      [shop, 'throttle'],
    ] as const
    for (const [system, how] of moods) await hub.misbehave(system, how, 1)
    const orders = [order('doubt'), order('outage')]
    await Promise.all(orders.map((each) => hub.place(each)))
    await hub.until('complete orders', orders, isComplete)
  },

  async 'a till submits, the desk edits, and both are refused'() {
    const { people, word } = person('till')
    const { shipTo } = people
    const given = submitted({ people })
    const path = '/channels/order-api/point-of-sale/orders'
    expect((await ask('post', path, given.body)).status).toBe(202)
    const wrong = [
      { ...given.body, people: { ...people, shipTo: { ...shipTo, countryCode: word('country') } } },
      { ...given.body, total: people.note },
      { ...given.body, people: { ...people, note: people } },
      JSON.stringify(given.body).slice(0, -2),
    ]
    for (const body of wrong) expect((await ask('post', path, body)).status).toBe(400)
    const edit = (field: string, value: unknown) =>
      ask('post', `/orders/${given.orderId}/commands`, {
        do: 'edit',
        field,
        value,
        reason: 'asked',
      })
    await eventually('the order', async () => {
      const { status } = await api.get(`/orders/${given.orderId}`)
      return status === 200 ? { status } : undefined
    })
    expect((await edit('shipTo.address1', word('edited'))).status).toBe(200)
    expect((await edit('shipTo', { ...shipTo, name: word('moved') })).status).toBe(200)
    expect((await edit('shipTo.countryCode', word('nowhere'))).status).toBe(422)
    expect((await edit('shipTo.street', word('nofield'))).status).toBe(422)
    await ask('get', `/orders/${given.orderId}/timeline`)
    await ask('get', `/orders?reference=${given.id}`)
  },

  async 'a partner quotes people, who are then erased'() {
    const till = (flow: string, sku: string) =>
      submitted({
        people: person(flow).people,
        lines: [{ id: '1', sku, title: 'Mug', quantity: 1, unitPrice: '25.00' }],
      })
    const orders = [
      ['effect-refused', till('quoted', 'TWIN-QUOTED')],
      ['warehouse-hold', till('holding', 'TWIN-ON-HOLD')],
    ] as const
    for (const [code, order] of orders) {
      await ask('post', '/channels/order-api/point-of-sale/orders', order.body)
      const path = `/orders/${order.orderId}`
      const timeline = async () => JSON.stringify((await api.get(`${path}/timeline`)).body)
      const quoting = new RegExp(
        `"${code}"[^}]*"reason":"[^}]*"[^"]*…[^"]*" \\("[^"]*…[^"]*", … …\\)`,
      )
      await eventually(`${code} of ${order.orderId}`, async () => {
        const text = (await timeline()).replaceAll('\\"', '"')
        return quoting.test(text) ? { text } : new Error(text.slice(-1500))
      })
      await ask('post', `${path}/commands`, { do: 'hold', reason: 'Karl-Heinz called' })
      expect(await timeline()).toContain('Karl-Heinz')
      await ask('post', '/privacy-requests', { kind: 'erasure', order: order.orderId })
      await eventually('its erasure', async () => {
        const text = await timeline()
        return text.includes('people.erased') ? { text } : undefined
      })
      const left = [
        await timeline(),
        ...[path, '/exceptions'].map(async (each) => JSON.stringify((await ask('get', each)).body)),
      ]
      expect(await Promise.all(left)).not.toContainEqual(
        expect.stringMatching(/Karl-Heinz|No carrier/),
      )
    }
  },

  async 'a message dies'() {
    const { shopify } = person('dead')
    const message = {
      connection: 'shopify/nobody',
      via: 'webhook',
      headers: { 'x-shopify-topic': 'orders/create' },
      receivedAt: new Date().toISOString(),
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      body: gzipSync(JSON.stringify(shopify)).toString('base64'),
      again: 0,
    }
    await send('IntakeQueue', JSON.stringify(message))
    await send(
      'IntakeQueue',
      JSON.stringify({ ...message, again: shopify, receivedAt: shopify.note }),
    )
    await eventually('two dead letters', async () => {
      const dead = hub.happenings.filter(({ kind }) => kind === 'dead-letter')
      return dead.length > 1 ? dead : undefined
    })
  },
}

test('nobody’s name, address, telephone or words are anywhere but where they have to be', async () => {
  await Promise.all(Object.values(flows).map((flow) => flow()))
  await eventually('quiet', async () => (hub.hub.cloud.idle() ? hub : undefined))
  const told = hub.happenings.map(
    (each): Heard => ({
      where: `${each.kind} of ${'function' in each ? each.function : 'the cloud'}`,
      text: JSON.stringify(each),
    }),
  )
  const all = [...told, ...wire.heard, ...answers, ...(await remainsOf(hub))]
  expect(leaksIn(all)).toEqual([])
  expect(kindsIn(all)).toEqual(
    expect.arrayContaining([
      'PutEvents',
      'PutItem',
      'SendMessage',
      'TransactWriteItems',
      'answer',
      'invocation',
      'log',
      'metric',
      'object',
      'table',
    ]),
  )
})

test.each([
  ['plain', (word: string) => `{"reason":"no address for ${word}"}`],
  ['Base64', (word: string) => Buffer.from(`{"a":"${word}"}`).toString('base64')],
  ['zipped', (word: string) => `{"b":"${gzipSync(`x ${word} y`).toString('base64')}"}`],
  ['packed', (word: string) => `{"B":"${Buffer.from(encodeState({ word })).toString('base64')}"}`],
  [
    'zipped within',
    (word: string) =>
      Buffer.from(`{"c":"${gzipSync(word).toString('base64')}"}`).toString('base64'),
  ],
])('a leak would be found, also %s', (_, hide) => {
  const { word, people } = canaryOf('leak')
  const name = word('name')
  expect(canariesIn(hide(name), [])).toEqual([name])
  expect(canariesIn(hide(people.shipTo.phone), [people.shipTo.phone])).toEqual([
    people.shipTo.phone,
  ])
})

function leaksIn(all: readonly Heard[]): readonly string[] {
  const places = new Map(all.map(({ where, text }) => [text, where]))
  const leaks = [...places].flatMap(([text, where]) =>
    canariesIn(text, phones).map((canary) => `${canary} in ${where}`),
  )
  return [...new Set(leaks)]
}

const kindsIn = (all: readonly Heard[]): readonly string[] => [
  ...new Set(all.map(({ where }) => where.split(' ')[0] ?? '')),
]

async function reported(id: string): Promise<void> {
  await eventually(`the report of ${id}`, async () =>
    wire.heard.find(({ where }) => where.includes(`privacy/${id}.json`)),
  )
}

async function send(queue: string, MessageBody: string): Promise<void> {
  const sqs = new SQSClient({ endpoint: hub.ready.aws, region: 'us-east-1', credentials: operator })
  const found = hub.hub.cloud
    .resources()
    .find(({ type, id }) => type === 'AWS::SQS::Queue' && id.startsWith(queue))
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: found?.name ?? queue }))
  // The laptop's queues take no character beyond U+FFFF.
  const text = MessageBody.replaceAll(
    /[\uD800-\uDFFF]/g,
    (half) => `\\u${half.charCodeAt(0).toString(16)}`,
  )
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: text }))
}
