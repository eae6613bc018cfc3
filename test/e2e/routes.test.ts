import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { standardHeaders } from '../../connectors/kit/signatures.ts'
import { runFunction } from '../../local/run-function.ts'
import { type Endpoint, endpoints } from '../../schemas/api/endpoints.ts'
import { type Known, sampled } from '../support/sampled.ts'
import { type Answer, type Api, apiOf, problemIn } from './support/api.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { eventually, shop, signature, wms } from './support/outside.ts'
import { type Submitted, submitted } from './support/submitted.ts'

/** The functions are the bundles that are deployed: what is left out of a bundle is missing here. */
let hub: OpenedHub
let api: Api
const order = submitted()
beforeAll(async () => {
  hub = await open()
  api = apiOf(hub.ready)
  await sell('MUG-STONE')
  await submit(order)
})
afterAll(() => hub.hub.close())

/** Terms are for what the shop is known to sell. */
async function sell(sku: string): Promise<void> {
  const stock = `${hub.ready.twins[shop]}/_twin/stock`
  await fetch(stock, { method: 'POST', body: JSON.stringify({ counts: [{ sku, onHand: 5 }] }) })
  await runFunction(hub.hub.cloud, 'ListingsCompare')
}

async function submit({ body, orderId }: Submitted): Promise<void> {
  await api.post('/channels/order-api/point-of-sale/orders', body)
  await eventually('the order', async () => {
    const { status } = await api.get(`/orders/${orderId}`)
    return status === 200 ? { status } : undefined
  })
}

const known: Known = {
  id: [order.orderId],
  order: [order.orderId],
  orderId: [order.orderId],
  channel: [shop],
  customer: ['1'],
  reference: [order.id],
  location: ['main', '8'],
  sku: ['MUG-STONE'],
  warehouse: [wms],
  field: ['note'],
  people: ['true'],
  'x-purpose': ['customer-service'],
}
const connections = [
  { connector: 'order-api', name: 'point-of-sale' },
  { connector: 'generic-webhook', name: 'demo-partner' },
  { connector: 'shopify', name: 'demo-store' },
]

interface Request {
  readonly params: unknown
  readonly query: unknown
  readonly headers: unknown
  readonly body: unknown
}

/** Requests that pass every schema of an endpoint. */
const wellFormed = (endpoint: Endpoint): fc.Arbitrary<Request> => {
  const params: fc.Arbitrary<unknown> =
    'connector' in endpoint.params.shape
      ? fc.constantFrom(...connections)
      : sampled(endpoint.params, known)
  return fc.record({
    params,
    query: sampled(endpoint.query, known).map((query) => without(query, 'cursor')),
    headers: sampled(endpoint.headers, known).map((headers) => without(headers, 'idempotency-key')),
    body: endpoint.method === 'POST' ? sampled(endpoint.body, known) : fc.constant(undefined),
  })
}

/** A key is new for each request, and a cursor is the API's own. */
const without = (given: unknown, name: string): unknown =>
  Object.fromEntries(Object.entries(Object(given)).filter(([key]) => key !== name))

const illFormed = [
  '',
  '{',
  'null',
  '0',
  '"text"',
  '[]',
  '[{}]',
  '{}',
  '{"__proto__":{}}',
  '['.repeat(70),
  '"\ud800"',
]
const strange = ['?', '?x=1', '?limit=0&limit=1', '?cursor=%00', '?%', '?cursor=e30&limit=1e9']

function pathOf({ path }: Endpoint, { params, query }: Pick<Request, 'params' | 'query'>): string {
  const given = new Map(Object.entries(Object(params)).map(([k, v]) => [k, String(v)]))
  const filled = path
    .replace('/v1', '')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given.get(name) ?? ''))
  const pairs = Object.entries(Object(query)).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  )
  return pairs.length === 0 ? filled : `${filled}?${new URLSearchParams(pairs)}`
}

/** Fails when it is our fault, or when what went wrong is not said as a problem. */
function judge(answer: Answer, what: unknown): void {
  expect([answer.status < 500, answer.status, answer.body, what]).toContain(true)
  if (answer.status < 400) return
  const { type, errors = [] } = problemIn(answer)
  const named = errors.every(({ pointer, parameter }) => (pointer ?? parameter) !== undefined)
  const isWhole = type === 'docs/api.md#in-flight'
  expect([named && (isWhole || errors.length > 0), answer.body, what]).toContain(true)
}

describe.each(Object.entries(endpoints) as [string, Endpoint][])('%s', (_, endpoint) => {
  test('answers well-formed requests', async () => {
    const requests = fc.sample(wellFormed(endpoint), { numRuns: 12, seed: 7 })
    const statuses: number[] = []
    for (const request of requests) {
      const headers = Object(request.headers)
      const path = pathOf(endpoint, request)
      const answer = await api.send(endpoint.method, path, { headers, body: request.body })
      judge(answer, { path, request })
      statuses.push(answer.status)
    }
    expect(statuses).toContain(endpoint.status)
  })

  test('answers ill-formed requests', async () => {
    const [request] = fc.sample(wellFormed(endpoint), { numRuns: 1, seed: 7 })
    const path = pathOf(endpoint, { params: request?.params, query: {} })
    const bodies = endpoint.method === 'POST' ? illFormed : [undefined]
    for (const query of endpoint.method === 'POST' ? [''] : strange) {
      for (const body of bodies) {
        const answer = await api.send(endpoint.method, `${path}${query}`, { body })
        judge(answer, { path, query, body })
        if (endpoint.method === 'POST') expect(answer.status).toBe(400)
      }
    }
  })
})

/** Headers with which a connector's system signs a body. */
const signers: Readonly<Record<string, (body: string, secret: string) => Record<string, string>>> =
  {
    shopify: (body, secret) => ({ 'x-shopify-hmac-sha256': signature(body, secret) }),
    shipbob: (body, secret) => standard(body, secret),
    'generic-webhook': (body, secret) => standard(body, secret),
  }
const standard = (body: string, secret: string) =>
  standardHeaders({ id: randomUUID(), body, now: new Date() }, [secret])

test('every webhook door takes what its system signs, whatever it is, and nothing else', async () => {
  const doors = Object.entries(hub.ready.webhooks)
  expect(doors.length).toBeGreaterThan(0)
  for (const [connection, url] of doors) {
    const signed = signers[connection.split('/')[0] ?? '']
    if (!signed) throw new Error(`write how ${connection} signs`)
    for (const body of ['{"id":1}', ...illFormed]) {
      const wellSigned = signed(body, hub.ready.secrets[connection] ?? '')
      const headers = { 'content-type': 'application/json' }
      const post = (more: Record<string, string>) =>
        fetch(url, { method: 'POST', headers: { ...headers, ...more }, body })
      expect([connection, body, (await post(wellSigned)).status]).toEqual([connection, body, 200])
      expect([connection, body, (await post({})).status]).toEqual([connection, body, 401])
    }
    for (const wrong of ['%', '%ff', '__proto__', 'a/b', '']) {
      const { status } = await fetch(`${url.replace(/[^/]+$/, '')}${wrong}`, { method: 'POST' })
      expect([wrong, status < 500]).toEqual([wrong, true])
    }
  }
})
