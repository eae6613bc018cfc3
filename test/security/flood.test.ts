import { createHmac } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { door as shipbobDoor } from '../../connectors/shipbob/verify.ts'
import { door as shopifyDoor } from '../../connectors/shopify/verify.ts'
import {
  type ReceiveWebhookDeps,
  receiveWebhook,
} from '../../functions/receive-webhook/receive-webhook.ts'
import { unzip } from '../../functions/transform-message/unzip.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { connectionTo } from '../support/connections.ts'
import { shop, wms } from '../support/orders.ts'
import { openSecretsManager, type SecretsManager } from '../support/secrets-manager.ts'

let manager: SecretsManager
beforeAll(async () => {
  manager = await openSecretsManager()
})
afterAll(() => manager.close())
beforeEach(() => {
  manager.asked.length = 0
  for (const id of [shop, wms]) {
    manager.stored.set(`crossdock/test/${id}`, { webhookSecrets: ['current', 'previous'] })
  }
})

function open() {
  let now = Date.parse('2026-11-21T10:00:00.000Z')
  const queued: IntakeMessage[] = []
  const deps: ReceiveWebhookDeps = {
    connections: [connectionTo(shop), connectionTo(wms)],
    door: async ({ id }) => (id === wms ? shipbobDoor : shopifyDoor),
    secrets: manager.awsSecrets(() => now),
    enqueue: async (message) => {
      queued.push(message)
    },
    now: () => new Date(now),
  }
  const send = (connection: string, headers: Record<string, string>, body: Buffer) => {
    const [channel, name] = connection.split('/')
    // Only what API Gateway's payload 2.0 has and the function reads.
    const event = {
      pathParameters: { channel, connection: name },
      headers,
      body: body.toString('base64'),
      isBase64Encoded: true,
    } as unknown as APIGatewayProxyEventV2
    return receiveWebhook(event, deps)
  }
  return {
    deps,
    queued,
    send,
    pass: (ms: number) => {
      now += ms
    },
    seconds: () => String(Math.floor(now / 1000)),
  }
}

const sign = (body: Buffer, secret = 'current') =>
  createHmac('sha256', secret).update(body).digest('base64')

test('50,000 forged requests put nothing on the queue, ask for few secrets and fill no memory', async () => {
  const { send, queued, pass, seconds } = open()
  const body = Buffer.from(`{"id":1,"note":"${'x'.repeat(500)}"}`)
  const signatures = [sign(body, 'guess'), sign(Buffer.from('other')), '', '§', 'A'.repeat(9000)]
  const forged = [
    ...signatures.map((signature) => [shop, { 'x-shopify-hmac-sha256': signature }] as const),
    ...signatures.map((signature) => {
      const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds() }
      return [wms, { ...headers, 'webhook-signature': `v1,${signature}` }] as const
    }),
    ['shopify/not-there', { 'x-shopify-hmac-sha256': sign(body) }] as const,
    ['__proto__/constructor', {}] as const,
  ]
  const flood = async (requests: number) => {
    for (let i = 0; i < requests; i++) {
      const [connection, headers] = forged[i % forged.length] ?? ['', {}]
      const answer = await send(connection.replace('not-there', `store-${i}`), headers, body)
      if (answer.statusCode !== 401) throw new Error(`answered ${answer.statusCode}`)
      // All of it within ten minutes.
      pass(12)
    }
  }
  await flood(2_000)
  const before = process.memoryUsage().heapUsed
  await flood(48_000)
  const after = process.memoryUsage().heapUsed

  expect(queued).toEqual([])
  // Two connections, each twice a minute at most.
  expect(manager.asked.length).toBeLessThanOrEqual(2 * (2 * 10 + 1))
  expect(new Set(manager.asked)).toEqual(new Set([shop, wms].map((id) => `crossdock/test/${id}`)))
  expect(after - before).toBeLessThan(64 * 1024 * 1024)
})

test('a flood meets a secret that is missing, and it is not manager.asked for each time', async () => {
  manager.stored.clear()
  const { send, pass, queued } = open()
  const body = Buffer.from('{}')
  for (let i = 0; i < 1_000; i++) {
    await expect(send(shop, { 'x-shopify-hmac-sha256': sign(body) }, body)).rejects.toThrow()
    pass(10)
  }
  expect(manager.asked.length).toBeLessThanOrEqual(3)
  expect(queued).toEqual([])
})

test('a flood while Secrets Manager is down keeps nobody out who is known', async () => {
  const { send, pass, queued } = open()
  const body = Buffer.from('{"id":1}')
  const real = () => send(shop, { 'x-shopify-hmac-sha256': sign(body) }, body)
  expect(await real()).toMatchObject({ statusCode: 200 })
  manager.stored.clear()
  pass(60_000)
  for (let i = 0; i < 100; i++) {
    const forged = await send(shop, { 'x-shopify-hmac-sha256': sign(body, 'guess') }, body)
    expect(forged).toMatchObject({ statusCode: 401 })
  }
  expect(await real()).toMatchObject({ statusCode: 200 })
  expect(queued).toHaveLength(2)
  expect(manager.asked).toHaveLength(2)
})

test('a body that came packed is kept as it was signed, and unpacked by nobody', async () => {
  const { send, queued } = open()
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))
  const headers = { 'content-encoding': 'gzip', 'x-shopify-hmac-sha256': sign(bomb) }
  expect(await send(shop, headers, bomb)).toMatchObject({ statusCode: 200 })
  const [message] = queued
  expect(gunzipSync(Buffer.from(message?.body ?? '', 'base64'))).toEqual(bomb)
  expect(message?.headers).toEqual({})
})

test('a bomb that got onto the queue is not unpacked to its end', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024)).toString('base64')
  const before = process.memoryUsage.rss()
  expect(await unzip(bomb)).toMatchObject({ ok: false, error: { code: 'unreadable-payload' } })
  expect(process.memoryUsage.rss() - before).toBeLessThan(60 * 1024 * 1024)
})
