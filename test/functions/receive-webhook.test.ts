import { createHash, createHmac } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { door as shipbobDoor } from '../../connectors/shipbob/verify.ts'
import { door as shopifyDoor } from '../../connectors/shopify/verify.ts'
import type { Door } from '../../domain/door.ts'
import { receiveWebhook } from '../../functions/receive-webhook/receive-webhook.ts'
import { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { connectionTo } from '../support/connections.ts'
import { erp, shop, start, wms } from '../support/orders.ts'

const body = '{"id":820982911946154508,"name":"#9999 ☃"}'
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const sign = (text: string | Buffer, secret = 'current'): string =>
  createHmac('sha256', secret).update(text).digest('base64')

interface Sent {
  readonly channel?: string
  readonly connection?: string
  readonly body?: string | undefined
  readonly base64?: boolean
  readonly headers?: Record<string, string>
}

const request = ({ channel = 'shopify', connection = 'demo-store', ...sent }: Sent = {}) =>
  // Only what API Gateway's payload 2.0 has and the function reads.
  ({
    pathParameters: { channel, connection },
    headers: { 'x-shopify-hmac-sha256': sign(sent.body ?? body), ...sent.headers },
    body: 'body' in sent ? sent.body : body,
    isBase64Encoded: sent.base64 ?? false,
  }) as unknown as APIGatewayProxyEventV2

function open(live: unknown = ['current', 'previous'], fresh: unknown = live) {
  const taken: IntakeMessage[] = []
  const hashed: number[] = []
  let reads = 0
  const watched = (door: Door): Door => ({
    ...door,
    verify: (signed, secrets) => {
      hashed.push(signed.body.byteLength)
      return door.verify(signed, secrets)
    },
  })
  const deps = {
    connections: [connectionTo(shop), connectionTo(erp), connectionTo(wms)],
    door: async ({ id }: { id: string }) => watched(id === wms ? shipbobDoor : shopifyDoor),
    secrets: {
      get: async () => ({ webhookSecrets: live }),
      refresh: async () => {
        reads += 1
        return { webhookSecrets: fresh }
      },
    },
    enqueue: async (message: IntakeMessage): Promise<void> => {
      taken.push(message)
    },
    now: () => new Date(start),
  }
  return { deps, taken, hashed, refreshed: () => reads }
}

test('a signed body is in the queue, byte for byte, before the answer is 200', async () => {
  const { deps, taken } = open()
  const answer = await receiveWebhook(request({ headers: { traceparent: trace } }), deps)
  expect(answer).toMatchObject({ statusCode: 200 })
  expect(taken).toHaveLength(1)
  const message = IntakeMessage.parse(JSON.parse(JSON.stringify(taken[0])))
  expect(message).toMatchObject({ connection: shop, via: 'webhook', receivedAt: start, again: 0 })
  expect(gunzipSync(Buffer.from(message.body, 'base64')).toString('utf8')).toBe(body)
  expect(message.traceparent).toBe(trace)
})

test('a body that API Gateway had to encode is verified and kept as it was sent', async () => {
  const { deps, taken } = open()
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x7d])
  const answer = await receiveWebhook(
    request({
      body: bytes.toString('base64'),
      base64: true,
      headers: { 'x-shopify-hmac-sha256': sign(bytes) },
    }),
    deps,
  )
  expect(answer).toMatchObject({ statusCode: 200 })
  expect(gunzipSync(Buffer.from(taken[0]?.body ?? '', 'base64'))).toEqual(bytes)
})

test.each([
  ['a bad signature', { headers: { 'x-shopify-hmac-sha256': sign(body, 'guess') } }],
  ['no signature', { headers: { 'x-shopify-hmac-sha256': '' } }],
  ['a malformed signature', { headers: { 'x-shopify-hmac-sha256': '§§§' } }],
  ['a signature cut short', { headers: { 'x-shopify-hmac-sha256': sign(body).slice(0, 20) } }],
  ['a doubled signature', { headers: { 'x-shopify-hmac-sha256': `${sign(body)},${sign(body)}` } }],
  ['a changed body', { body: `${body} `, headers: { 'x-shopify-hmac-sha256': sign(body) } }],
  ['no body', { body: undefined, headers: { 'x-shopify-hmac-sha256': sign(body) } }],
  ['an unknown connection', { connection: 'other-store' }],
  ['an unknown connector', { channel: 'etsy' }],
  ['a connection without webhooks', { channel: 'netsuite', connection: 'demo-erp' }],
  ['a name from the prototype', { channel: '__proto__', connection: 'constructor' }],
  ['an empty name', { channel: '', connection: '' }],
  ['another connector’s signature', { channel: 'shipbob', connection: 'demo-wms' }],
] satisfies [string, Sent][])('%s gets the one 401', async (_, sent) => {
  const { deps, taken } = open()
  const answer = await receiveWebhook(request(sent), deps)
  expect(JSON.stringify(answer)).toBe(
    '{"statusCode":401,"headers":{"content-type":"application/json"},"body":"{\\"message\\":\\"unauthorized\\"}"}',
  )
  expect(taken).toEqual([])
})

test('a request without path parameters or signature headers gets the same', async () => {
  const { deps } = open()
  const bare = { headers: {}, isBase64Encoded: false } as unknown as APIGatewayProxyEventV2
  expect(await receiveWebhook(bare, deps)).toMatchObject({ statusCode: 401 })
})

test('over 1 MB is refused before anything is hashed', async () => {
  const { deps, taken, hashed } = open()
  const large = 'x'.repeat(1_000_001)
  expect(await receiveWebhook(request({ body: large }), deps)).toMatchObject({ statusCode: 413 })
  expect(hashed).toEqual([])
  expect(taken).toEqual([])

  const umlauts = 'ü'.repeat(600_000)
  expect(await receiveWebhook(request({ body: umlauts }), deps)).toMatchObject({ statusCode: 413 })
  const most = 'x'.repeat(1_000_000)
  expect(await receiveWebhook(request({ body: most }), deps)).toMatchObject({ statusCode: 200 })
})

test('noise that does not fit into the queue is refused, and not retried for ever', async () => {
  const { deps, taken } = open()
  const noise = Buffer.concat(
    Array.from({ length: 14_000 }, (_, i) => createHash('sha512').update(String(i)).digest()),
  )
  const answer = await receiveWebhook(
    request({
      body: noise.toString('base64'),
      base64: true,
      headers: { 'x-shopify-hmac-sha256': sign(noise) },
    }),
    deps,
  )
  expect(answer).toMatchObject({ statusCode: 413 })
  expect(taken).toEqual([])
})

test('two secrets are valid during a rotation', async () => {
  const { deps, refreshed } = open(['next', 'current'])
  for (const secret of ['next', 'current']) {
    const headers = { 'x-shopify-hmac-sha256': sign(body, secret) }
    expect(await receiveWebhook(request({ headers }), deps)).toMatchObject({ statusCode: 200 })
  }
  expect(refreshed()).toBe(0)
})

test('a rotated secret is read when no cached secret matches the signature', async () => {
  const { deps, taken } = open(['old'], ['current'])
  expect(await receiveWebhook(request(), deps)).toMatchObject({ statusCode: 200 })
  expect(taken).toHaveLength(1)
})

test.each([[undefined], [[]], [['']], ['current'], [[null, 5]]])(
  'a secret that holds %j opens to nobody',
  async (live) => {
    const { deps } = open(live)
    const headers = { 'x-shopify-hmac-sha256': sign(body, 'x') }
    expect(await receiveWebhook(request({ headers }), deps)).toMatchObject({ statusCode: 401 })
  },
)

test('a failing queue is not answered 2xx', async () => {
  const { deps } = open()
  const enqueue = async () => {
    throw new Error('AmazonSQS.SendMessage answered 503')
  }
  await expect(receiveWebhook(request(), { ...deps, enqueue })).rejects.toThrow('503')
})

test('only the headers named by the door are forwarded', async () => {
  const { deps, taken } = open()
  const headers = {
    'x-shopify-topic': 'orders/create',
    'x-shopify-shop-domain': 'demo-store.myshopify.com',
    authorization: 'Bearer secret',
    cookie: 'a=b',
    'x-forwarded-for': '10.0.0.1',
  }
  await receiveWebhook(request({ headers }), deps)
  expect(taken[0]?.headers).toEqual({
    'x-shopify-topic': 'orders/create',
    'x-shopify-shop-domain': 'demo-store.myshopify.com',
  })
})

test.each([undefined, 'nonsense', `${trace}-${'x'.repeat(9000)}`])(
  'a trace is begun where none that one can follow came along (%#)',
  async (traceparent) => {
    const { deps, taken } = open()
    await receiveWebhook(request({ headers: traceparent ? { traceparent } : {} }), deps)
    expect(taken[0]?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(taken[0]?.traceparent).not.toBe(trace)
  },
)

test('a connector’s webhook comes through the same door', async () => {
  const key = Buffer.from('a-key-of-the-warehouse')
  const { deps, taken } = open([`whsec_${key.toString('base64')}`])
  const seconds = String(Date.parse(start) / 1000)
  const signature = createHmac('sha256', key)
    .update(`msg_1.${seconds}.`)
    .update(body)
    .digest('base64')
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signature}`,
    'x-webhook-topic': 'order.shipped',
  }
  const answer = await receiveWebhook(
    request({ channel: 'shipbob', connection: 'demo-wms', headers }),
    deps,
  )
  expect(answer).toMatchObject({ statusCode: 200 })
  expect(taken[0]?.headers).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': seconds,
    'x-webhook-topic': 'order.shipped',
  })
})
