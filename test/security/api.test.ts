import { gunzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import fc from 'fast-check'
import { orderApi } from '../../connectors/order-api/index.ts'
import { ok } from '../../domain/result.ts'
import { serveApi } from '../../functions/serve-api/serve-api.ts'
import type { ServeApiDeps } from '../../functions/serve-api/serve-api-deps.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { connectionTo } from '../support/connections.ts'
import { text } from '../support/fixtures.ts'
import { spoilt, unbearable } from '../support/hostile.ts'
import { tries } from '../support/laws.ts'
import { start } from '../support/orders.ts'

const till = ConnectionId.parse('order-api/till')
const body = text('order-api', 'amended.wire.json')

async function submit(given: string, headers: Readonly<Record<string, string>> = {}) {
  const queued: IntakeMessage[] = []
  const deps = {
    connections: [connectionTo(till, { submits: true })],
    once: async (_: unknown, work: () => Promise<unknown>) => ok(await work()),
    enqueue: async (message: IntakeMessage) => {
      queued.push(message)
    },
    trace: () => '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    clock: () => new Date(start),
    log: () => {},
    complain: () => {},
    // A submission needs nothing else.
  } as unknown as ServeApiDeps
  const event = {
    rawPath: '/v1/channels/order-api/till/orders',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'one-key', ...headers },
    requestContext: {
      http: { method: 'POST' },
      authorizer: { iam: { userArn: 'arn:aws:iam::1:user/jane' } },
    },
    body: Buffer.from(given).toString('base64'),
    isBase64Encoded: true,
    // What API Gateway sends besides is not read.
  } as unknown as APIGatewayProxyEventV2
  return { ...(await serveApi(event, deps)), queued }
}

test('a submission with hostile values is refused in words, or read as what it was taken for', async () => {
  await fc.assert(
    fc.asyncProperty(spoilt(body), async (given) => {
      const { statusCode, queued, body: said = '' } = await submit(given)
      expect([202, 400]).toContain(statusCode)
      expect(queued).toHaveLength(statusCode === 202 ? 1 : 0)
      expect(unbearable(JSON.parse(said))).toEqual([])
      for (const message of queued) {
        const raw = gunzipSync(Buffer.from(message.body, 'base64')).toString()
        const readings = orderApi.read({ ...message, body: raw })
        expect(readings).toMatchObject({ ok: true, value: [{ type: 'snapshot' }] })
        if (readings.ok) expect(unbearable(readings.value)).toEqual([])
      }
    }),
    tries(400),
  )
})

test.each([
  ['larger than it may be', `{"id":"${'x'.repeat(256 * 1024)}"}`, 413],
  ['deeper than it may be', `${'['.repeat(65)}${']'.repeat(65)}`, 400],
  ['deep, and large enough to exhaust a parser', '{"a":'.repeat(50_000), 400],
  ['no JSON', '<xml/>', 400],
  ['two values', '{}{}', 400],
])('a body that is %s is refused before anything else is asked', async (_, given, status) => {
  expect(await submit(given)).toMatchObject({ statusCode: status, queued: [] })
})

test('a body that is packed is not unpacked', async () => {
  const packed = { 'content-encoding': 'gzip' }
  expect(await submit('\u001f\u008b', packed)).toMatchObject({ statusCode: 400, queued: [] })
})
