import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { ok } from '../../domain/result.ts'
import { serveApi } from '../../functions/serve-api/serve-api.ts'
import type { ServeApiDeps } from '../../functions/serve-api/serve-api-deps.ts'
import { traceparentOf } from '../../platform/telemetry/trace.ts'
import { TermsView } from '../../schemas/api/listing-terms.ts'
import { ProblemDetails } from '../../schemas/api/problem.ts'
import { AvailabilityView, StockView } from '../../schemas/api/stock.ts'
import { Listing } from '../../schemas/stored/listing.ts'
import { connectionTo } from '../support/connections.ts'
import { openCounting, stockSettings } from '../support/counting.ts'
import { partner } from '../support/generic-webhook.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { MemoryListings } from '../support/memory-listings.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { policy, shop, start, wms } from '../support/orders.ts'

const at = '2026-11-21T10:00:00Z'

function open() {
  const counting = openCounting()
  const answered = new Map<string, unknown>()
  const asked: (readonly string[])[] = []
  const queued: unknown[] = []
  const listed: Listing[] = []
  let now = Date.parse(start) + 3_600_000
  const book = new MemoryListings(counting.stock)
  const lookups = new MemoryLookups()
  const deps: ServeApiDeps = {
    ledger: new MemoryLedger(),
    policy,
    jitter: async () => {},
    ask: async () => {},
    connections: [
      connectionTo(shop),
      connectionTo(wms),
      connectionTo(partner, { capabilities: ['fulfilment'], reports: true }),
    ],
    orders: {
      read: async () => undefined,
      states: async () => [],
      people: async () => undefined,
      idsBy: async () => [],
      commits: async () => ({ records: [], more: false }),
      standing: async () => ({ places: [], more: false }),
    },
    stocked: {
      ...counting.deps,
      crossReferences: new MemoryCrossReferences(),
      settings: stockSettings,
    },
    listings: {
      find: async (ids) => {
        asked.push(ids.map(({ sku }) => sku))
        const kept = await book.find(ids)
        return [...kept, ...listed.filter(({ sku }) => ids.some((id) => id.sku === sku))]
      },
    },
    terms: book,
    lookups,
    sellers: new Map([[shop, { locations: new Map() }]]),
    async once({ key }, work) {
      const name = key.join(' ')
      if (!answered.has(name)) answered.set(name, await work())
      // What comes back is what the same work gave before.
      return ok(answered.get(name) as Awaited<ReturnType<typeof work>>)
    },
    enqueue: async (message) => {
      queued.push(message)
    },
    describe: () => ({ openapi: '3.1.0' }),
    trace: traceparentOf,
    clock: () => new Date(now),
    log: () => {},
    complain: () => {},
  }
  let keys = 0
  const send = async (line: string, body?: unknown, key = `k-${++keys}`) => {
    const [method = '', target = ''] = line.split(' ')
    const [rawPath, rawQueryString = ''] = target.split('?')
    // What API Gateway sends besides is not read.
    const event = {
      rawPath,
      rawQueryString,
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      requestContext: {
        http: { method },
        authorizer: { iam: { userArn: 'arn:aws:iam::1:user/jane' } },
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    } as unknown as APIGatewayProxyEventV2
    const { statusCode, body: answer = '' } = await serveApi(event, deps)
    return { status: statusCode, json: JSON.parse(answer) as unknown }
  }
  const wrong = async (line: string, body?: unknown) => {
    const { status, json } = await send(line, body)
    expect(status).toBe(400)
    return ProblemDetails.parse(json).errors
  }
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  return { ...counting, send, wrong, asked, queued, listed, book, lookups, pass }
}

test('what somebody counted is known, and asked for with all its numbers and why', async () => {
  const { send } = open()
  const counted = { location: 'berlin', at, counts: [{ sku: 'MUG', onHand: 12, quarantined: 1 }] }
  expect(await send('POST /v1/stock/counts', counted)).toEqual({
    status: 200,
    json: { location: 'berlin', changed: 1, stale: 0 },
  })
  const movement = {
    kind: 'receipt',
    id: 'R1',
    sku: 'MUG',
    quantity: 5,
    at: '2026-11-21T10:05:00Z',
  }
  await send('POST /v1/stock/movements', { location: 'berlin', movements: [movement] })
  const { json } = await send(`GET /v1/stock?sku=MUG&warehouse=${wms}`)
  expect(StockView.parse(json)).toEqual({
    sku: 'MUG',
    places: [
      {
        warehouse: wms,
        location: 'berlin',
        code: '8',
        onHand: 17,
        quarantined: 1,
        reserved: 0,
        reservedBy: {},
        safety: 0,
        free: 16,
        movedSince: 5,
        incoming: [],
        countedAt: '2026-11-21T10:00:00.000Z',
        why: 'on hand 17 (counted 2026-11-21T10:00:00.000Z, +5 since), quarantined 1, reserved 0 → free 16',
      },
    ],
  })
})

test('an older count changes nothing and says so, and a movement moves once', async () => {
  const { send, known } = open()
  const count = (onHand: number, second: number) => ({
    location: 'berlin',
    at: `2026-11-21T10:00:0${second}Z`,
    counts: [{ sku: 'MUG', onHand }],
  })
  await send('POST /v1/stock/counts', count(12, 5))
  expect((await send('POST /v1/stock/counts', count(7, 1))).json).toMatchObject({ stale: 1 })
  const told = {
    location: 'berlin',
    movements: [
      { kind: 'write-off', id: 'W1', sku: 'MUG', quantity: 2, at: '2026-11-21T11:00:00Z' },
    ],
  }
  expect((await send('POST /v1/stock/movements', told)).json).toMatchObject({ moved: 1, known: 0 })
  expect((await send('POST /v1/stock/movements', told)).json).toMatchObject({ moved: 0, known: 1 })
  expect(known('MUG').onHand).toBe(10)
})

test.each([
  ['receipt', 4, 0],
  ['transfer-in', 4, 0],
  ['transfer-out', -4, 0],
  ['quarantine', 0, 4],
  ['release', 0, -4],
  ['write-off', -4, -4],
  ['adjustment', 4, 0],
])(
  'a %s moves what lies there by %i, and what cannot be sold by %i',
  async (kind, onHand, held) => {
    const { send, known } = open()
    const counted = { location: 'berlin', at, counts: [{ sku: 'MUG', onHand: 20, quarantined: 5 }] }
    await send('POST /v1/stock/counts', counted)
    const movement = { kind, id: 'M1', sku: 'MUG', quantity: 4, at: '2026-11-21T11:00:00Z' }
    await send('POST /v1/stock/movements', { location: 'berlin', movements: [movement] })
    expect(known('MUG')).toMatchObject({ onHand: 20 + onHand, quarantined: 5 + held })
  },
)

test.each([
  ['a location that is none', { location: 'paris' }, '#/location', /^write berlin, lyon, hall$/],
  ['no location', { location: undefined }, '#/location', /the location's name in the settings/],
  ['no moment', { at: 'today' }, '#/at', /ISO 8601/],
  ['a moment to come', { at: '2026-11-21T11:06:00Z' }, '#/at', /when it happened/],
  ['half a unit', { counts: [{ sku: 'MUG', onHand: 1.5 }] }, '#/counts/0/onHand', /whole number/],
  ['less than none', { counts: [{ sku: 'MUG', onHand: -1 }] }, '#/counts/0/onHand', /0 or more/],
  [
    'a misspelt field',
    { counts: [{ sku: 'MUG', onhand: 1 }] },
    '#/counts/0/onHand',
    /whole number/,
  ],
  ['nothing', { counts: [] }, '#/counts', /at least one/],
  [
    'an article twice',
    { counts: [1, 2].map((onHand) => ({ sku: 'MUG', onHand })) },
    '#/counts/1/sku',
    /once/,
  ],
])('a count with %s is refused with where and what to write', async (_, change, pointer, fix) => {
  const { wrong, stock } = open()
  const counted = { location: 'berlin', at, counts: [{ sku: 'MUG', onHand: 12 }], ...change }
  expect(await wrong('POST /v1/stock/counts', counted)).toContainEqual(
    expect.objectContaining({ pointer, fix: expect.stringMatching(fix) }),
  )
  expect(stock.all()).toEqual([])
})

const receipt = { kind: 'receipt', id: 'M1', sku: 'MUG', quantity: 4, at }

test.each([
  ['of no kind', [{ ...receipt, kind: 'theft' }], '#/movements/0/kind', /receipt, return/],
  ['of nothing', [{ ...receipt, quantity: 0 }], '#/movements/0/quantity', /above 0/],
  ['to come', [{ ...receipt, at: '2026-11-21T11:06:00Z' }], '#/movements/0/at', /when it happened/],
  [
    'without an id',
    [{ ...receipt, id: undefined }],
    '#/movements/0/id',
    /your id for the movement/,
  ],
  ['with the id of another', [receipt, receipt], '#/movements/1/id', /its own id/],
  [
    'of goods that nobody judged',
    [{ ...receipt, kind: 'return' }],
    '#/movements/0/disposition',
    /restock, quarantine or damaged/,
  ],
  [
    'in two vocabularies',
    [{ ...receipt, kind: 'return', disposition: 'restock', channelSku: 'SET' }],
    '#/movements/0/sku',
    /either sku/,
  ],
])('a movement %s is refused with where and what to write', async (_, movements, pointer, fix) => {
  const { wrong, stock } = open()
  expect(await wrong('POST /v1/stock/movements', { location: 'berlin', movements })).toContainEqual(
    expect.objectContaining({ pointer, fix: expect.stringMatching(fix) }),
  )
  expect(stock.all()).toEqual([])
})

test('a system reports what lies at its own locations, and of no other', async () => {
  const { send, wrong, queued } = open()
  const line = `POST /v1/connections/${partner}/reports`
  const counted = { type: 'counted', location: 'H1', at, counts: [{ sku: 'MUG', onHand: 12 }] }
  expect((await send(line, counted)).status).toBe(202)
  expect(queued).toHaveLength(1)
  expect(await wrong(line, { ...counted, location: 'berlin' })).toEqual([
    {
      pointer: '#/location',
      detail: `${partner} has no location "berlin"`,
      fix: 'write hall',
    },
  ])
  expect(queued).toHaveLength(1)
})

test('what a channel may sell of many articles is one read, each with its why', async () => {
  const { send, asked, listed } = open()
  const why = {
    parts: [],
    whole: 9,
    withheld: { buffer: 2 },
    own: 0,
  }
  const desired = { value: 7, at: '2026-11-21T10:00:00.000Z', sold: 0, alone: true, why }
  listed.push(
    Listing.parse({
      connection: shop,
      sku: 'MUG,BLUE',
      rev: 1,
      remote: {},
      parts: [],
      attributes: { quantity: { desired } },
    }),
    Listing.parse({ connection: shop, sku: 'NEW', rev: 1, remote: {}, parts: [] }),
  )
  const query = `channel=${shop}&sku=MUG%2CBLUE&sku=NEW&sku=OTHER`
  const { json } = await send(`GET /v1/availability?${query}`)
  expect(AvailabilityView.parse(json)).toMatchObject({
    channel: shop,
    articles: [
      { sku: 'MUG,BLUE', available: 7, why: expect.stringContaining('buffer 2') },
      { sku: 'NEW', why: 'no article of it was ever counted' },
      { sku: 'OTHER', why: 'the channel is not known to sell it' },
    ],
  })
  expect(asked).toEqual([['MUG,BLUE', 'NEW', 'OTHER']])

  const many = Array.from({ length: 500 }, (_, n) => `sku=S${n}`).join('&')
  expect((await send(`GET /v1/availability?channel=${shop}&${many}`)).status).toBe(200)
  expect(asked.at(-1)).toHaveLength(500)
})

test.each([
  ['channel=shopify/other&sku=A', 'channel', /^write one of shopify\/demo-store$/],
  [`channel=${shop}`, 'sku', /^write the channel's SKU/],
  [`channel=${shop}&sku=`, 'sku', /the channel's SKU/],
  [`channel=${shop}&${'sku=A&'.repeat(501)}`, 'sku', /at most 500/],
])('an availability of %s is refused', async (query, parameter, fix) => {
  const { wrong } = open()
  expect(await wrong(`GET /v1/availability?${query}`)).toContainEqual(
    expect.objectContaining({ parameter, fix: expect.stringMatching(fix) }),
  )
})

test('a warehouse that keeps nothing is named as such', async () => {
  const { wrong } = open()
  expect(await wrong(`GET /v1/stock?sku=MUG&warehouse=${shop}`)).toMatchObject([
    { parameter: 'warehouse', fix: expect.stringContaining(wms) },
  ])
})

describe('terms of listings', () => {
  const opened = async () => {
    const world = open()
    const parts = [{ warehouse: wms, sku: 'MUG', per: 1 }]
    const listing = { connection: shop, sku: 'MUG', rev: 1, remote: {}, parts, attributes: {} }
    await world.book.save(undefined, listing)
    const set = (sku: string, terms: unknown) => ({ channel: shop, listings: [{ sku, terms }] })
    return { ...world, set }
  }

  test('are set, read with what is in force and who said so, and taken back', async () => {
    const { send, set } = await opened()
    const terms = { buffer: 2, allocation: { exclusive: 5 }, leadTimeDays: 7 }
    expect(await send('POST /v1/listings/terms', set('MUG', terms))).toEqual({
      status: 200,
      json: { channel: shop, changed: 1, unchanged: 0 },
    })
    const again = await send('POST /v1/listings/terms', set('MUG', terms))
    expect(again.json).toEqual({ channel: shop, changed: 0, unchanged: 1 })
    await send('POST /v1/listings/terms', set('MUG', {}))
    const { json } = await send(`GET /v1/listings/terms?channel=${shop}&sku=MUG`)
    const by = 'arn:aws:iam::1:user/jane'
    expect(TermsView.parse(json)).toMatchObject({
      own: {},
      inForce: { buffer: 0, allocation: { percent: 100 }, minimum: 0, publish: true },
      changes: [
        { by, terms: {} },
        { by, terms },
      ],
    })
    await send('POST /v1/listings/terms', set('MUG', { maximum: 3 }))
    const now = await send(`GET /v1/listings/terms?channel=${shop}&sku=MUG`)
    expect(now.json).toMatchObject({ own: { maximum: 3 }, inForce: { buffer: 0, maximum: 3 } })
  })

  test('of what the channel is not known to sell: it is asked for that, and a minute later again', async () => {
    const { wrong, set, lookups, pass } = await opened()
    const requested = async () => {
      await wrong('POST /v1/listings/terms', set('CUP', { buffer: 1 }))
      return lookups.all().map(({ sku, dueAt }) => [sku, dueAt])
    }
    const first = await requested()
    expect(first).toEqual([['CUP', expect.any(String)]])
    pass(59)
    expect(await requested()).toEqual(first)
    pass(2)
    expect(await requested()).not.toEqual(first)
  })

  test('of what the channel is not known to sell are not found', async () => {
    const { send } = await opened()
    expect((await send(`GET /v1/listings/terms?channel=${shop}&sku=CUP`)).status).toBe(404)
  })

  test.each([
    [{ buffer: -1 }, '/buffer', 'write a whole number of units, 0 or more'],
    [{ buffer: '2' }, '/buffer', 'write a whole number of units, 0 or more'],
    [{ allocation: { share: 2 } }, '/allocation', 'write {"percent": 50}, {"atMost": 20}'],
    [{ allocation: { percent: 0 } }, '/allocation', 'write a whole number from 1 to 100'],
    [{ minimum: 4, maximum: 3 }, '/minimum', 'write at most `maximum`'],
    [{ leadTimeDays: 400 }, '/leadTimeDays', 'write a whole number of days, 0 to 365'],
    [{ publish: 'no' }, '/publish', 'write true or false'],
    [{ bufer: 1 }, '', 'spelling'],
  ])('of %j are refused by their field', async (terms, pointer, fix) => {
    const { wrong, set, book } = await opened()
    const errors = await wrong('POST /v1/listings/terms', set('MUG', terms))
    expect(errors).toContainEqual(
      expect.objectContaining({
        pointer: expect.stringContaining(`#/listings/0/terms${pointer}`),
        fix: expect.stringContaining(fix),
      }),
    )
    expect(book.all()[0]?.terms).toBeUndefined()
  })

  test('of unknown channels, unknown listings and listings named twice are refused, all or none', async () => {
    const { wrong, book } = await opened()
    const one = { sku: 'MUG', terms: { buffer: 1 } }
    const path = 'POST /v1/listings/terms'
    const fix = expect.any(String)
    expect(await wrong(path, { channel: wms, listings: [one] })).toEqual([
      { pointer: '#/channel', detail: 'is unknown', fix },
    ])
    expect(await wrong(path, { channel: shop, listings: [one, { ...one, sku: 'CUP' }] })).toEqual([
      { pointer: '#/listings/1/sku', detail: 'is not known to be sold by the channel', fix },
    ])
    expect(await wrong(path, { channel: shop, listings: [one, one] })).toEqual([
      { pointer: '#/listings/1/sku', detail: 'is a duplicate', fix },
    ])
    expect(book.all()[0]?.terms).toBeUndefined()
  })
})

describe('a movement whose id was told before', () => {
  const first = { kind: 'receipt', id: 'GR-1', sku: 'MUG', quantity: 4, at }
  const goodsBack = { kind: 'return', id: 'GR-1', quantity: 4, disposition: 'restock', at }
  const tell = (...movements: readonly object[]) => ({ location: 'berlin', movements })

  test.each([
    ['quantity', { ...first, quantity: 5 }],
    ['sign', { ...first, kind: 'adjustment', quantity: -4 }],
    ['kind, with the same units', { ...first, kind: 'adjustment' }],
    ['article', { ...first, sku: 'CUP' }],
    ['article, in the words of the channel', { ...goodsBack, channelSku: 'MUG' }],
    ['kind, and the same article', { ...goodsBack, sku: 'MUG' }],
  ])('with another %s is refused, and moves nothing', async (_, other) => {
    const { send, known } = open()
    await send('POST /v1/stock/movements', tell(first))
    const more = { ...first, id: 'GR-2', quantity: 1 }
    const { status, json } = await send('POST /v1/stock/movements', tell(more, other), 'once')
    expect([status, json]).toMatchObject([
      409,
      { type: 'docs/api.md#id-reused', errors: [{ pointer: '#/movements/1/id' }] },
    ])
    expect([known('MUG').onHand, known('CUP').rows]).toEqual([5, []])
    // The same request again gets the same answer.
    expect(await send('POST /v1/stock/movements', tell(more, other), 'once')).toEqual({
      status,
      json,
    })
    expect(known('MUG').onHand).toBe(5)
  })

  test.each([
    ['disposition', { disposition: 'damaged' }],
    ['quantity', { quantity: 3 }],
    ['article', { channelSku: 'CUP-SET' }],
  ])('as a return with another %s is refused, whatever its parts are', async (_, change) => {
    const { send, stock } = open()
    const back = { ...goodsBack, channelSku: 'MUG-SET' }
    const taken = await send('POST /v1/stock/movements', tell(back))
    expect(taken.json).toMatchObject({ moved: 1, known: 0 })
    const again = await send('POST /v1/stock/movements', tell(back))
    expect(again.json).toMatchObject({ moved: 0, known: 1 })
    const before = stock.all()
    const { status } = await send('POST /v1/stock/movements', tell({ ...back, ...change }))
    expect([status, stock.all()]).toEqual([409, before])
  })

  test('and says the same is known, when it was told and wherever', async () => {
    const { send, known } = open()
    const later = { ...first, at: '2026-11-21T10:30:00Z' }
    await send('POST /v1/stock/movements', tell(first))
    const again = await send('POST /v1/stock/movements', tell(later))
    expect(again).toMatchObject({ status: 200, json: { moved: 0, known: 1 } })
    const elsewhere = { ...tell({ ...first, quantity: 9 }), location: 'lyon' }
    expect((await send('POST /v1/stock/movements', elsewhere)).json).toMatchObject({ moved: 1 })
    expect([known('MUG').onHand, known('MUG', 'lyon').onHand]).toEqual([4, 9])
  })
})

test('what cannot be sold is part of what lies there, in a count and in a report of one', async () => {
  const { wrong, known } = open()
  const counts = [
    { sku: 'CUP', onHand: 0 },
    { sku: 'MUG', onHand: 2, quarantined: 3 },
  ]
  const fix = expect.stringContaining('at most onHand')
  const expected = [{ pointer: '#/counts/1/quarantined', detail: 'is not accepted', fix }]
  const counted = { location: 'berlin', at, counts }
  expect(await wrong('POST /v1/stock/counts', counted)).toEqual(expected)
  const report = { type: 'counted', ...counted, location: 'H1' }
  expect(await wrong(`POST /v1/connections/${partner}/reports`, report)).toEqual(expected)
  expect([known('MUG').rows, known('CUP').rows]).toEqual([[], []])
})
