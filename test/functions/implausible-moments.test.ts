import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import fc from 'fast-check'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import { connectors } from '../../connectors/index.ts'
import type { Fact } from '../../domain/order/facts.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { implausibleIn, whyImplausible } from '../../domain/plausible.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { ok } from '../../domain/result.ts'
import { serveApi } from '../../functions/serve-api/serve-api.ts'
import type { ServeApiDeps } from '../../functions/serve-api/serve-api-deps.ts'
import type { TransformMessageDeps } from '../../functions/transform-message/intake.ts'
import { openOnce } from '../../functions/transform-message/open-message.ts'
import { transformMessage } from '../../functions/transform-message/transform-message.ts'
import { unzip } from '../../functions/transform-message/unzip.ts'
import { type Endpoint, endpoints } from '../../schemas/api/endpoints.ts'
import { ProblemDetails } from '../../schemas/api/problem.ts'
import { Report } from '../../schemas/api/report.ts'
import { ConnectionId, type OrderId } from '../../schemas/canonical/identity.ts'
import { openCounting, stockSettings } from '../support/counting.ts'
import { fakeSystem } from '../support/fake-system.ts'
import { casesIn, fixture } from '../support/fixtures.ts'
import { partner } from '../support/generic-webhook.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { memoryGate } from '../support/memory-guard.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { erp, orderOf, policy } from '../support/orders.ts'
import { sampled } from '../support/sampled.ts'

/** Without them few reports would be about an order or a location that there is. */
const known = { location: ['H1'], orderId: ['shopify_demo-store_7'] }

const now = '2026-12-05T10:00:00.000Z'
const wrongs = ['2199-01-01T00:00:00Z', '2026-12-20T00:00:00Z', '1999-12-31T23:59:59Z']

type Path = readonly string[]

/** Where in a body something says when. */
function momentsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT\d\d:/.test(value) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => momentsIn(inner, [...path, name]))
}

function changed(value: unknown, [name, ...rest]: Path, to: string): unknown {
  if (name === undefined) return to
  const whole = Object(value)
  if (Array.isArray(value)) {
    return value.map((item, i) => (String(i) === name ? changed(item, rest, to) : item))
  }
  return { ...whole, [name]: changed(whole[name], rest, to) }
}

/** What is expected may be ahead, for ten years. */
const wrongAt = (path: Path): readonly string[] =>
  path.at(-1) === 'expectedAt' ? wrongs.filter((wrong) => !wrong.startsWith('2026')) : wrongs

test.each([
  ['2000-01-01T00:00:00.000Z', 'happened', undefined],
  ['1999-12-31T23:59:59.999Z', 'happened', 'is before the year 2000'],
  ['2026-12-06T10:00:00.000Z', 'happened', undefined],
  ['2026-12-06T10:00:00.001Z', 'happened', 'is more than a day in the future'],
  ['2026-12-06T10:00:00.001Z', 'expected', undefined],
  ['2036-01-01T00:00:00.000Z', 'expected', undefined],
  ['2199-01-01T00:00:00.000Z', 'expected', 'is more than ten years in the future'],
  ['+010000-01-01T00:00:00.000Z', 'happened', 'is more than a day in the future'],
  ['-000001-12-31T00:00:00.000Z', 'happened', 'is before the year 2000'],
] as const)('%s, as what %s, %s', (at, tense, wrong) => {
  expect(whyImplausible(at, tense, now)).toBe(wrong)
})

test('only what says when is judged, at any depth', () => {
  const at = '2199-01-01T00:00:00.000Z'
  expect(implausibleIn({ reason: at, sku: at, lines: [{ id: at, title: at }] }, now)).toEqual([])
  expect(implausibleIn({ counts: [{ incoming: [{ expectedAt: at }] }] }, now)).toMatchObject([
    { path: ['counts', '0', 'incoming', '0', 'expectedAt'], value: at },
  ])
})

const withBody = (Object.entries(endpoints) as [string, Endpoint][]).filter(
  ([, { method }]) => method === 'POST',
)

describe.each(withBody)('%s', (_, endpoint) => {
  async function ask(body: unknown) {
    const deps = {
      clock: () => new Date(now),
      trace: () => 'trace',
      log: () => {},
      complain: () => {},
      connections: [],
      // What is refused for a moment asks for nothing else.
    } as unknown as ServeApiDeps
    const event = {
      rawPath: endpoint.path
        .replace('{connector}', 'generic-webhook')
        .replace('{name}', 'partner')
        .replace('{id}', 'a_b_c'),
      rawQueryString: '',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
      requestContext: {
        http: { method: 'POST' },
        authorizer: { iam: { userArn: 'arn:aws:iam::1:user/jane' } },
      },
      body: JSON.stringify(body),
      // What API Gateway sends besides is not read.
    } as unknown as APIGatewayProxyEventV2
    const { statusCode, body: said = '' } = await serveApi(event, deps)
    return { status: statusCode, problem: ProblemDetails.parse(JSON.parse(said)) }
  }

  test('rejects every implausible time by its field', async () => {
    for (const body of fc.sample(sampled(endpoint.body, known), { numRuns: 60, seed: 3 })) {
      for (const path of momentsIn(body)) {
        for (const wrong of wrongAt(path)) {
          const { status, problem } = await ask(changed(body, path, wrong))
          expect([path, wrong, status]).toEqual([path, wrong, 400])
          expect(problem.errors?.map(({ pointer }) => pointer)).toContain(`#/${path.join('/')}`)
        }
      }
    }
  })
})

function open(connection: ConnectionId, id: string) {
  const ledger = new MemoryLedger()
  const counting = openCounting()
  const connector = connectors.find((one) => one.id === id)
  const clock = () => new Date(now)
  const { gate } = memoryGate(fakeSystem({ safety: { by: 'key' }, now: clock }).account, clock)
  const deps: TransformMessageDeps = {
    ledger,
    policy: { ...policy, route: () => ({ erp, wms: connection }) },
    jitter: async () => {},
    connector: () => connector,
    gate: () => gate,
    open: openOnce({ connector: () => connector, unzip }),
    digest: (body) => createHash('sha256').update(body).digest('hex').slice(0, 24),
    again: async () => {},
    ask: async () => {},
    clock,
    stocked: {
      ...counting.deps,
      crossReferences: new MemoryCrossReferences(),
      settings: stockSettings,
    },
  }
  const ids = () => [...new Set(ledger.commits.map(({ after }) => after.id))]
  const states = async () =>
    (await Promise.all(ids().map((one) => ledger.load(one)))).flatMap((state) => state ?? [])
  const learned = (one: OrderId, fact: Fact) => recordFact({ id: one }, fact, deps)
  return {
    ids,
    /** Posts an order and sends its release, so that its warehouse may speak of it. */
    async give(one: OrderId) {
      const order = orderOf({ id: one })
      const at = now
      await learned(one, { type: 'snapshot', order, authority: 'body', receivedAt: at, at })
      await learned(one, { type: 'claim', intentId: 'create-order', leaseSeconds: 15, at })
      const done = { intentId: 'create-order', epoch: 1, during: 'make', lagSeconds: 0 } as const
      await learned(one, { type: 'outcome', ...done, result: ok({ id: 'SO-1' }), at })
      await learned(one, { type: 'claim', intentId: 'release-order', leaseSeconds: 15, at })
    },
    tell: ({ via, headers, body }: Message) =>
      transformMessage(
        JSON.stringify({
          ...{ connection, via, headers, receivedAt: now, traceparent: 'trace', again: 0 },
          body: gzipSync(body).toString('base64'),
        }),
        deps,
      ),
    /** What is known, but for what stands. */
    async facts() {
      const orders = await Promise.all(ids().map((one) => ledger.open(one)))
      const known = (await states()).map(({ exceptions: _, ...state }) => state)
      return JSON.stringify([known, orders.map(({ order }) => order), counting.stock.all()])
    },
    reasons: async () =>
      (await states()).flatMap(({ exceptions }) =>
        Object.values(exceptions).map(({ reason }) => reason),
      ),
    /** How one order stands, whatever it took to get there. */
    async order(one: string) {
      const {
        rev: _,
        dueAt: __,
        ...state
      }: Record<string, unknown> = { ...(await ledger.load(one)) }
      return state
    },
  }
}

interface Told {
  readonly via: 'webhook' | 'sweep'
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** What a connector's system sends: its fixtures, or reports. */
function toldBy(id: string): readonly Told[] {
  const bare = { via: 'webhook', headers: {} } as const
  if (id === genericWebhook.id) {
    return fc
      .sample(sampled(Report, known), { numRuns: 100, seed: 5 })
      .map((body) => ({ ...bare, body }))
  }
  return casesIn(id, '.wire.json').map((name) => {
    const wire = Object(fixture(id, `${name}.wire.json`))
    return 'via' in wire && 'body' in wire ? wire : { ...bare, body: wire }
  })
}

type Message = Pick<Delivery, 'via' | 'headers' | 'body'>

const saysOf = (readings: readonly Reading[]): string => readings.map(({ type }) => type).join()

const reading = connectors.filter(({ read }) => read).map(({ id }) => id)

test.each(reading)(
  '%s: an implausible time raises an exception and changes nothing else',
  async (id) => {
    const connection = id === genericWebhook.id ? partner : ConnectionId.parse(`${id}/somewhere`)
    const connector = connectors.find((one) => one.id === id)
    const readingsOf = (told: Message): readonly Reading[] => {
      const read = connector?.read?.({ ...told, connection, receivedAt: now })
      return read?.ok ? read.value : []
    }
    /** Every order that is spoken of was given to the system: it may speak of no other. */
    const begun = async (readings: readonly Reading[]) => {
      const world = open(connection, id)
      const named = readings.flatMap((one) => ('orderId' in one ? [one.orderId] : []))
      for (const one of new Set(named)) await world.give(one)
      return world
    }
    let refused = 0
    for (const told of toldBy(id)) {
      const right = { ...told, body: JSON.stringify(told.body) }
      for (const path of momentsIn(told.body)) {
        for (const wrong of wrongAt(path)) {
          const spoilt = { ...told, body: JSON.stringify(changed(told.body, path, wrong)) }
          const readings = readingsOf(spoilt)
          const moment = new Date(wrong).toISOString()
          const { tell, facts, reasons, order } = await begun(readings)
          await tell(spoilt)
          expect([path, wrong, (await facts()).includes(moment)]).toEqual([path, wrong, false])
          if (!JSON.stringify(readings).includes(moment)) continue
          expect([path, await reasons()]).toEqual([
            path,
            expect.arrayContaining([expect.stringContaining(moment)]),
          ])
          refused += 1
          // What is right, and is news, is taken after it as if nothing had been.
          if (saysOf(readings) !== saysOf(readingsOf(right))) continue
          const clean = await begun(readings)
          const before = await clean.facts()
          await clean.tell(right)
          if ((await clean.facts()) === before) continue
          await tell(right)
          for (const one of clean.ids()) {
            expect([path, await order(one)]).toEqual([path, await clean.order(one)])
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(0)
  },
)

test('reports of every kind are spoilt', () => {
  const kinds = toldBy(genericWebhook.id).map(({ body }) => Object(body).type)
  expect(new Set(kinds)).toEqual(new Set(genericWebhook.topics))
})

test('a notice about an order that the system was not given is nothing, whenever it says that it was', async () => {
  const { tell, ids } = open(partner, genericWebhook.id)
  for (const since of [now, '2199-01-01T00:00:00Z']) {
    for (const body of [
      { type: 'resumed', orderId: 'a_b_c', since },
      { type: 'held', orderId: 'a_b_c', reason: 'no stock', since },
      { type: 'backordered', orderId: 'a_b_c', lines: [], since },
    ]) {
      await tell({ via: 'webhook', headers: {}, body: JSON.stringify(body) })
    }
  }
  expect(ids()).toEqual([])
})
