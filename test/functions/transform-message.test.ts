import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Connector } from '../../connectors/contract.ts'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import { orderApi } from '../../connectors/order-api/index.ts'
import { shipbob } from '../../connectors/shipbob/index.ts'
import { shopify } from '../../connectors/shopify/index.ts'
import type { Call, Send } from '../../domain/account.ts'
import { except, type Failure, halt, retry, wait } from '../../domain/failure.ts'
import { after } from '../../domain/instant.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { statusOf } from '../../domain/order/state.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { bundlesOf } from '../../functions/transform-message/archive.ts'
import type { TransformMessageDeps } from '../../functions/transform-message/intake.ts'
import { openOnce } from '../../functions/transform-message/open-message.ts'
import { recordDeadLetter } from '../../functions/transform-message/record-dead-letter.ts'
import { transformMessage } from '../../functions/transform-message/transform-message.ts'
import { unzip } from '../../functions/transform-message/unzip.ts'
import { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { PrivacyRequest } from '../../schemas/messages/privacy-request.ts'
import { openCounting, stockSettings } from '../support/counting.ts'
import { fakeSystem } from '../support/fake-system.ts'
import { fixture, text } from '../support/fixtures.ts'
import { partner } from '../support/generic-webhook.ts'
import { tries } from '../support/laws.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { memoryGate } from '../support/memory-guard.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { erp, policy, shop, start, wms } from '../support/orders.ts'

const paid = text('shopify', 'paid-order.wire.json')
const paidId = OrderId.parse('shopify_demo-store_5600000011001')
const { line_items: lineItems } = JSON.parse(paid) as { line_items: unknown[] }
const edited = (change: Record<string, unknown>): string =>
  JSON.stringify({
    ...(fixture('shopify', 'paid-order.wire.json') as object),
    ...change,
  })

const till = ConnectionId.parse('order-api/point-of-sale')

const asking: Call = { kind: 'read', method: 'GET', url: 'https://shop.example/' }

interface Vendor {
  answer: Result<Order | undefined, Failure>
  /** Milliseconds that each request for an order takes. */
  takes: number[]
}

interface Put {
  readonly body: string
  readonly seconds: number
}

function open() {
  const ledger = new MemoryLedger()
  const again: Put[] = []
  const asked: PrivacyRequest[] = []
  const fetched: string[] = []
  const vendor: Vendor = { answer: ok(undefined), takes: [] }
  let time = start
  const counting = openCounting()
  const names = new MemoryCrossReferences()
  const connectors = new Map<string, Connector>([
    [
      shop,
      {
        ...shopify,
        orders: {
          ...shopify.orders,
          fetchOrder: async ({ send }, id) => {
            fetched.push(id)
            while (vendor.takes.length > 0) {
              const said = await send(asking)
              if (!said.ok) return said
            }
            return vendor.answer
          },
        },
      },
    ],
    [wms, shipbob],
    [till, orderApi],
    [partner, genericWebhook],
  ])
  const now = () => new Date(time)
  const send: Send = async ({ timeoutMs = 8_000 }) => {
    const ms = vendor.takes.shift() ?? 0
    time = new Date(Date.parse(time) + Math.min(ms, timeoutMs)).toISOString()
    return ms > timeoutMs ? err(retry('no answer')) : ok({ status: 200, headers: {}, body: '' })
  }
  const { account } = fakeSystem({ safety: { by: 'key' }, now })
  const { gate } = memoryGate({ ...account, send }, now)
  const connector = (connection: ConnectionId) => connectors.get(connection)
  const deps: TransformMessageDeps = {
    ledger,
    policy,
    jitter: async () => {},
    connector,
    gate: () => gate,
    open: openOnce({ connector, unzip }),
    digest: (body) => createHash('sha256').update(body).digest('hex').slice(0, 24),
    again: async (body, seconds) => {
      again.push({ body, seconds })
    },
    ask: async (request) => {
      asked.push(request)
    },
    clock: () => new Date(time),
    stocked: { ...counting.deps, crossReferences: names, settings: stockSettings },
  }
  const message = (body: string, change: Record<string, unknown> = {}): string =>
    JSON.stringify({
      connection: shop,
      via: 'webhook',
      headers: { 'x-shopify-topic': 'orders/updated' },
      receivedAt: start,
      traceparent: 'trace',
      body: gzipSync(body).toString('base64'),
      again: 0,
      ...change,
    })
  return {
    deps,
    ledger,
    stock: counting,
    names,
    again,
    asked,
    fetched,
    vendor,
    message,
    tell: (body: string, change: Record<string, unknown> = {}) =>
      transformMessage(message(body, change), deps),
    pass: (seconds: number) => {
      time = after(time, seconds)
    },
    /** The messages that were put back come again. */
    async redeliver() {
      const [put] = again.splice(0, 1)
      if (!put) throw new Error('nothing was put back')
      time = after(time, put.seconds)
      return transformMessage(put.body, deps)
    },
    async exceptions(id: string): Promise<string[]> {
      return Object.keys((await ledger.load(id))?.exceptions ?? {}).toSorted()
    },
    /** Every order that the ledger knows of. */
    known: () => [...new Set(ledger.commits.map(({ after: { id } }) => id))],
  }
}

const hint = (connection: ConnectionId = shop) => ({
  connection,
  headers: { 'x-shopify-topic': 'refunds/create' },
})
const refund = '{"id": 1, "order_id": 5600000011001}'

async function fetchedOrder(): Promise<Order> {
  const { tell, ledger } = open()
  await tell(paid)
  const order = (await ledger.open(paidId)).order
  if (!order) throw new Error('the fixture is no order')
  return order
}

test('a complete body becomes a captured order with its document', async () => {
  const { tell, ledger, again } = open()
  expect(await tell(paid)).toEqual({ did: 'snapshot', connection: shop, traceparent: 'trace' })
  const state = await ledger.load(paidId)
  expect(state && statusOf(state)).toBe('captured')
  expect((await ledger.open(paidId)).order?.people.shipTo?.city).toBe('Springfield')
  expect(again).toEqual([])
  expect(ledger.commits[0]?.traceparent).toBe('trace')
})

test('seven deliveries are one order', async () => {
  const { tell, ledger } = open()
  for (let i = 0; i < 7; i++) await tell(paid)
  expect(ledger.commits).toHaveLength(1)
})

test('seven deliveries at once are one order', async () => {
  const { tell, ledger } = open()
  await Promise.all(Array.from({ length: 7 }, () => tell(paid)))
  expect(ledger.commits).toHaveLength(1)
})

test('a hint is fetched and captured', async () => {
  const { tell, fetched, vendor, ledger } = open()
  vendor.answer = ok(await fetchedOrder())
  expect(await tell(refund, hint())).toMatchObject({ did: 'hint' })
  expect(fetched).toEqual(['5600000011001'])
  expect((await ledger.load(paidId))?.seen?.authority).toBe('fetched')
})

test('an order that the channel does not know yet is fetched again, then is an exception', async () => {
  const { tell, again, redeliver, exceptions } = open()
  expect(await tell(refund, hint())).toMatchObject({ did: 'requeued', next: 'retry' })
  const delays: number[] = []
  for (let i = 0; again.length > 0 && i < 20; i++) {
    delays.push(again[0]?.seconds ?? 0)
    await redeliver()
  }
  expect(delays).toEqual([2, 4, 8, 16, 32])
  expect(await exceptions(paidId)).toEqual(['order-not-found:message'])
})

test('a vendor that is down is retried at growing intervals, and nothing is lost', async () => {
  const { tell, again, redeliver, vendor, ledger, exceptions } = open()
  vendor.answer = err(retry('unavailable'))
  await tell(refund, hint())
  for (let i = 0; i < 12; i++) await redeliver()
  expect(again[0]?.seconds).toBe(900)
  expect(await exceptions(paidId)).toEqual(['channel-unavailable:message'])
  vendor.answer = ok(await fetchedOrder())
  await redeliver()
  expect(again).toEqual([])
  expect(await ledger.load(paidId)).toBeDefined()
})

test.each([[[7_000]], [[3_000, 3_000]], [[2_500, 2_500, 100]]])(
  'a message of a shop that takes %j ms for an order is requeued before it delays others',
  async (takes) => {
    const { tell, redeliver, vendor, ledger, deps } = open()
    vendor.answer = ok(await fetchedOrder())
    vendor.takes = [...takes]
    expect(await tell(refund, hint())).toMatchObject({ did: 'requeued', next: 'retry' })
    expect(deps.clock().toISOString()).toBe(after(start, 5))
    vendor.takes = [1_000]
    expect(await redeliver()).toMatchObject({ did: 'hint' })
    expect(await ledger.load(paidId)).toBeDefined()
  },
)

test('a message about a part of an order leaves no exception once the order is known', async () => {
  const { tell, redeliver, vendor, ledger, exceptions } = open()
  vendor.answer = err(retry('unavailable'))
  const part = '{"id": 1, "order_id": 77}'
  const partId = OrderId.parse(paidId.replace(/\d+$/, '77'))
  await tell(part, hint())
  for (let i = 0; i < 6; i++) await redeliver()
  expect(await exceptions(partId)).toEqual(['channel-unavailable:message'])
  vendor.answer = ok(await fetchedOrder())
  await redeliver()
  expect(await exceptions(partId)).toEqual([])
  expect(await ledger.load(paidId)).toBeDefined()
})

test('Retry-After of a throttling vendor is honoured', async () => {
  const { tell, again, vendor } = open()
  vendor.answer = err(wait('slow down', 37))
  await tell(refund, hint())
  expect(again[0]?.seconds).toBe(37)
})

test('rejected credentials are an exception, and the message waits', async () => {
  const { tell, again, redeliver, vendor, exceptions } = open()
  vendor.answer = err(halt('the token is revoked'))
  await tell(refund, hint())
  expect(await exceptions(paidId)).toEqual(['connection-halted:message'])
  expect(again).toHaveLength(1)
  vendor.answer = ok(await fetchedOrder())
  while (again.length > 0) await redeliver()
  expect(await exceptions(paidId)).toEqual([])
})

test('while a channel rejects our credentials nothing is fetched, and other orders get no exception', async () => {
  const { tell, again, known, vendor, fetched } = open()
  vendor.answer = err(halt('the token is revoked'))
  await tell(refund, hint())
  expect(await tell('{"id": 2, "order_id": 5600000011002}', hint())).toMatchObject({
    did: 'requeued',
    next: 'wait',
  })
  expect(fetched).toHaveLength(1)
  expect(known()).toEqual([paidId])
  expect(again.map((put) => put.seconds)).toEqual([2, 15])
})

test('an unreadable fetched order is an exception', async () => {
  const { tell, again, vendor, exceptions } = open()
  vendor.answer = err(except('money-mismatch', 'a fraction of a cent'))
  await tell(refund, hint())
  expect(await exceptions(paidId)).toEqual(['money-mismatch:message'])
  expect(again).toEqual([])
})

test('two different bodies of one second: the order is fetched', async () => {
  const { tell, fetched, vendor, ledger } = open()
  await tell(paid)
  const order = await fetchedOrder()
  const lines = order.lines.slice(0, 1).map((line) => ({ ...line, sku: 'MUG-RED' }))
  vendor.answer = ok({ ...order, lines })
  await tell(edited({ line_items: lineItems.slice(0, 1) }))
  expect(fetched).toEqual(['5600000011001'])
  expect((await ledger.load(paidId))?.lines.map(({ sku }) => sku)).toEqual(['MUG-RED'])
})

test('a fetched order older than the body is fetched again', async () => {
  const { tell, again, redeliver, vendor, ledger, exceptions } = open()
  await tell(paid)
  const order = await fetchedOrder()
  const older = ok({ ...order, version: after(order.version, -60) })
  vendor.answer = older
  await tell(edited({ note: 'Ring twice' }))
  expect(again).toHaveLength(1)
  vendor.answer = ok({ ...order, people: { ...order.people, note: 'Ring twice' } })
  await redeliver()
  expect((await ledger.open(paidId)).order?.people.note).toBe('Ring twice')

  vendor.answer = older
  await tell(edited({ note: 'Do not ring' }))
  while (again.length > 0) await redeliver()
  expect(await exceptions(paidId)).toEqual(['channel-unavailable:message'])
})

test('a cancellation in the second of the order needs no fetch', async () => {
  const { tell, fetched, vendor, ledger } = open()
  vendor.answer = err(retry('unavailable'))
  await tell(paid)
  await tell(edited({ cancelled_at: '2026-11-03T09:15:02-05:00' }))
  expect(fetched).toEqual([])
  const state = await ledger.load(paidId)
  expect(state && statusOf(state)).toBe('cancelled')
})

test('of two submissions of one updatedAt the one received last holds, and nobody is asked', async () => {
  const { tell, ledger, again } = open()
  const submission = fixture('order-api', 'to-be-shipped.wire.json') as object
  const channel = { connection: till, headers: {} }
  const sent = [submission, { ...submission, number: 'R-8' }, { ...submission, number: 'R-9' }]
  for (const n of [1, 2, 0]) {
    await tell(JSON.stringify(sent[n]), { ...channel, receivedAt: after(start, n) })
  }
  expect(again).toEqual([])
  const [first] = ledger.commits.map(({ after: state }) => state)
  expect(first && (await ledger.load(first.id))?.seen?.number).toBe('R-9')
})

test('a submission that cancels under the same updatedAt cancels', async () => {
  const { tell, ledger } = open()
  const submission = fixture('order-api', 'to-be-shipped.wire.json') as object
  const channel = { connection: till, headers: {} }
  await tell(JSON.stringify(submission), channel)
  const cancelled = { ...submission, cancelled: { at: start, reason: 'changed mind' } }
  await tell(JSON.stringify(cancelled), { ...channel, receivedAt: after(start, 1) })
  const [first] = ledger.commits.map(({ after: state }) => state)
  const state = first && (await ledger.load(first.id))
  expect(state && statusOf(state)).toBe('cancelled')
})

test('an amendment while the order is posted is taken at once, and stands as an exception when the ERP cannot be told', async () => {
  const { tell, ledger, again, deps } = open()
  await tell(paid)
  const claim = { type: 'claim', intentId: 'create-order', leaseSeconds: 15 } as const
  await recordFact({ id: paidId }, { ...claim, at: start }, deps)
  const body = edited({
    updated_at: '2026-11-03T09:15:04-05:00',
    line_items: lineItems.slice(0, 1),
  })
  expect(await tell(body)).toMatchObject({ did: 'snapshot' })
  expect(again).toEqual([])
  const done = {
    type: 'outcome',
    intentId: 'create-order',
    epoch: 1,
    during: 'make',
    result: ok({ id: '9' }),
    lagSeconds: 0,
  } as const
  await recordFact({ id: paidId }, { ...done, at: start }, deps)
  expect(Object.keys((await ledger.load(paidId))?.exceptions ?? {})).toContain(
    'amended-after-posting',
  )
})

test('a parcel reaches the order that it names; a hold of an order that nobody released does not', async () => {
  const { tell, ledger, known, exceptions } = open()
  const id = 'shopify_demo-store_820982911946154508'
  for (const name of ['shipped-parcel', 'on-hold']) {
    const { headers, body } = fixture('shipbob', `${name}.wire.json`) as {
      headers: unknown
      body: unknown
    }
    await tell(JSON.stringify(body), { connection: wms, headers })
  }
  expect(known()).toEqual([id])
  expect(Object.keys((await ledger.load(id))?.deferredFacts ?? {})).toEqual(['shipped:600000001'])
  expect(await exceptions(id)).toEqual(['unknown-shipment-line:shipped:600000001'])
})

test('an unreadable order is an exception under its own id', async () => {
  const { tell, exceptions } = open()
  expect(await tell(edited({ currency: 'dollars' }))).toMatchObject({ did: 'raised an exception' })
  expect(await exceptions(paidId)).toEqual(['unreadable-payload:message'])
})

test("a fraction of a cent is an exception under the order's id", async () => {
  const { tell, exceptions } = open()
  await tell(edited({ total_price: '66.735' }))
  expect(await exceptions(paidId)).toEqual(['money-mismatch:message'])
})

test('an order that does not fit the ledger is an exception', async () => {
  const { tell, vendor, exceptions } = open()
  vendor.answer = ok({ ...(await fetchedOrder()), version: '2026-11-21' })
  await tell(refund, hint())
  expect(await exceptions(paidId)).toEqual(['unreadable-payload:message'])
})

test.each(['not json', '', '[]', 'null', '{"id":{}}', '['.repeat(5000), '\u0000', '"\ud800"'])(
  'a body without an order (%#) is an exception under its digest',
  async (body) => {
    const { tell, known, exceptions } = open()
    await tell(body)
    await tell(body)
    expect(known()).toHaveLength(1)
    expect(known()[0]).toMatch(/^shopify_demo-store_unreadable-[0-9a-f]{24}$/)
    expect(await exceptions(known()[0] ?? '')).toEqual(['unreadable-payload:message'])
  },
)

test('a body that cannot be unzipped, or is too large unzipped, is an exception', async () => {
  const { tell, known, exceptions, message, deps } = open()
  await transformMessage(message('', { body: Buffer.from('no gzip').toString('base64') }), deps)
  await tell('x'.repeat(10_000_001))
  expect(known()).toHaveLength(2)
  for (const id of known()) expect(await exceptions(id)).toEqual(['unreadable-payload:message'])
})

test('a message is unzipped and read once, for archiving and processing', async () => {
  const { deps, message, known } = open()
  const did: string[] = []
  const counted = {
    ...deps,
    open: openOnce({
      unzip: (body) => {
        did.push('unzipped')
        return unzip(body)
      },
      connector: () => ({
        ...shopify,
        read: (delivery) => {
          did.push('read')
          return shopify.read(delivery)
        },
      }),
    }),
  }
  const body = message(paid)
  const [transformed, bundles] = await Promise.all([
    transformMessage(body, counted),
    bundlesOf([body], { ...counted, rawDays: () => 90, newId: () => 'file', channels: [shop] }),
  ])
  expect(transformed).toMatchObject({ did: 'snapshot' })
  expect(known()).toEqual([paidId])
  expect(JSON.parse(bundles[0]?.text ?? '')).toMatchObject({ about: [paidId] })
  expect(did).toEqual(['unzipped', 'read'])
})

test('a system without a reader is an exception', async () => {
  const { tell, known } = open()
  await tell('{}', { connection: erp })
  expect(known()).toHaveLength(1)
})

test('a topic that is not about an order is ignored', async () => {
  const { tell, known } = open()
  const headers = { 'x-shopify-topic': 'products/update' }
  expect(await tell('{"id": 1}', { headers })).toMatchObject({ did: 'nothing' })
  expect(known()).toEqual([])
})

test.each(['', '{', '{}', 'null', JSON.stringify({ connection: 'no such form' })])(
  'a message that is not ours (%#) throws, so that it becomes a dead letter',
  async (body) => {
    await expect(transformMessage(body, open().deps)).rejects.toThrow('not a Crossdock message')
  },
)

test("a dead letter's reason is recorded under its order until the next message is read", async () => {
  const { message, deps, exceptions, tell } = open()
  await recordDeadLetter(message(paid), 'TimeoutError: DynamoDB', deps)
  await recordDeadLetter(message(paid), 'TimeoutError: DynamoDB', deps)
  expect(await exceptions(paidId)).toEqual(['dead-letter:message'])
  await tell(paid)
  expect(await exceptions(paidId)).toEqual([])
})

test('a dead letter without an order is recorded under its digest', async () => {
  const { message, deps, known, exceptions } = open()
  await recordDeadLetter(message('<xml/>'), 'TimeoutError: DynamoDB', deps)
  const [id = ''] = known()
  expect(id).toMatch(/^shopify_demo-store_unreadable-/)
  expect(await exceptions(id)).toEqual(['dead-letter:message'])
  await recordDeadLetter('not a Crossdock message', 'whatever', deps)
  expect(known()).toHaveLength(1)
})

test('a dead letter without an order is cleared when it is redriven', async () => {
  const { message, deps, known, exceptions, tell, pass } = open()
  const wire = fixture('shipbob', 'shipped-parcel.wire.json')
  const { headers, body } = wire as { headers: unknown; body: unknown }
  const [parcel, from] = [JSON.stringify(body), { connection: wms, headers }]
  await recordDeadLetter(message(parcel, from), 'TimeoutError: DynamoDB', deps)
  const [id = ''] = known()
  expect(await exceptions(id)).toEqual(['dead-letter:message'])
  pass(600)
  await tell(JSON.stringify({ ...(body as object), other: true }), from)
  expect(await exceptions(id)).toEqual(['dead-letter:message'])
  await tell(parcel, from)
  expect(await exceptions(id)).toEqual([])
})

test('an unreachable ledger throws, so that the message is retried', async () => {
  const { deps, message } = open()
  const ledger = {
    ...deps.ledger,
    load: async () => {
      throw new Error('ThrottlingException')
    },
  }
  await expect(transformMessage(message(paid), { ...deps, ledger })).rejects.toThrow('Throttling')
})

test('an order with any field replaced by any value is captured or an exception', async () => {
  const keys = Object.keys(JSON.parse(paid) as object)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...keys), fc.jsonValue(), async (key, value) => {
      const { tell, known, ledger, again } = open()
      await tell(edited({ [key]: value }))
      const [id] = known()
      const state = id === undefined ? undefined : await ledger.load(id)
      const told = state?.seen !== undefined || Object.keys(state?.exceptions ?? {}).length > 0
      // Without its lines or its version a body is a hint, and this vendor knows no order.
      expect(told || again.length === 1).toBe(true)
    }),
    tries(300),
  )
})

describe('what a system reports of its stock', () => {
  const counted = {
    type: 'counted',
    location: 'H1',
    at: '2026-11-21T09:00:00Z',
    counts: [{ sku: 'MUG', onHand: 12 }],
  }
  const report = (body: object) =>
    [JSON.stringify(body), { connection: partner, headers: {} }] as const

  test('is what lies at its own location, however often it is told', async () => {
    const { tell, stock, known } = open()
    await tell(...report(counted))
    await tell(...report(counted))
    const moved = {
      type: 'moved',
      location: 'hall',
      movements: [
        { kind: 'receipt', id: 'R1', sku: 'MUG', quantity: 3, at: '2026-11-21T09:30:00Z' },
        { kind: 'quarantine', id: 'Q1', sku: 'MUG', quantity: 2, at: '2026-11-21T09:31:00Z' },
      ],
    }
    await tell(...report(moved))
    await tell(...report(moved))
    const [row] = stock.stock.all()
    expect(row).toMatchObject({ location: 'hall', onHand: 15, quarantined: 2 })
    expect(known()).toEqual([])
  })

  test('is refused in words where it is about a location of another', async () => {
    const { tell, stock, known, ledger } = open()
    await tell(...report({ ...counted, location: 'berlin' }))
    expect(stock.stock.all()).toEqual([])
    const [id] = known()
    const state = id && (await ledger.load(id))
    expect(Object.values((state || undefined)?.exceptions ?? {})).toMatchObject([
      { code: 'unreadable-payload', reason: `${partner} has no location "berlin"; write hall` },
    ])
  })

  test('is refused in words where an id stands for something else by now', async () => {
    const { tell, stock, known, ledger } = open()
    const receipt = { kind: 'receipt', sku: 'MUG', quantity: 3, at: '2026-11-21T09:30:00Z' }
    const moved = (...movements: readonly object[]) =>
      report({ type: 'moved', location: 'H1', movements })
    await tell(...moved({ ...receipt, id: 'R1' }))
    const other = moved({ ...receipt, id: 'R2' }, { ...receipt, id: 'R1', quantity: 4 })
    await tell(...other)
    await tell(...other)
    expect(stock.stock.all()).toMatchObject([{ sku: 'MUG', onHand: 6 }])
    const [id, ...others] = known()
    const state = id && (await ledger.load(id))
    expect(others).toEqual([])
    expect(Object.values((state || undefined)?.exceptions ?? {})).toMatchObject([
      {
        code: 'unreadable-payload',
        reason: expect.stringContaining('movements.1.id: was reported before'),
      },
    ])
  })

  test('is refused in words where more cannot be sold than lies there', async () => {
    const { tell, stock, known } = open()
    const counts = [{ sku: 'MUG', onHand: 2, quarantined: 3 }]
    await tell(...report({ ...counted, counts }))
    expect([stock.stock.all(), known().length]).toEqual([[], 1])
  })

  test('is refused in words where it has not happened yet', async () => {
    const { tell, stock, known } = open()
    await tell(...report({ ...counted, at: '2030-01-01T00:00:00Z' }))
    expect(stock.stock.all()).toEqual([])
    expect(known()).toHaveLength(1)
  })

  test('is a bundle’s parts where it names what the channel sold', async () => {
    const { tell, stock, names } = open()
    const components = [
      { sku: 'MUG', quantity: 2 },
      { sku: 'LID', quantity: 1 },
    ] as const
    const naming = { from: '2026-01-01T00:00:00.000Z', components: [...components] }
    await names.add([{ connection: partner, kind: 'sku', code: 'SET', told: [{ naming }] }])
    const movement = {
      kind: 'return',
      id: 'RMA-1',
      channelSku: 'SET',
      quantity: 3,
      disposition: 'damaged',
      at: '2026-11-21T09:30:00Z',
    }
    await tell(...report({ type: 'moved', location: 'H1', movements: [movement] }))
    expect(stock.stock.all()).toMatchObject([
      { sku: 'MUG', onHand: 6, quarantined: 6 },
      { sku: 'LID', onHand: 3, quarantined: 3 },
    ])
  })
})

test('what a customer asks of the shop goes to whoever answers such requests, and changes no order', async () => {
  const { tell, asked, known } = open()
  const body = JSON.stringify({
    shop_id: 954889,
    shop_domain: 'demo-store.myshopify.com',
    customer: { id: 191167, email: 'ann@example.com', phone: '555-625-1199' },
    orders_to_redact: [299938, '820982911946154508'],
  })
  await tell(body, { headers: { 'x-shopify-topic': 'customers/redact' } })
  expect(asked).toEqual([
    {
      id: 'shopify.demo-store.customer-191167',
      kind: 'erasure',
      connection: shop,
      account: 'demo-store.myshopify.com',
      orders: ['shopify_demo-store_299938', 'shopify_demo-store_820982911946154508'],
      customer: '191167',
      by: shop,
      askedAt: start,
    },
  ])
  expect(known()).toEqual([])
})
