import { exceptionCatalogue } from '../../domain/exceptions/catalogue.ts'
import { doubt, except } from '../../domain/failure.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { erasedWords, forgotten, forgottenState } from '../../domain/privacy/forgotten.ts'
import { err, ok } from '../../domain/result.ts'
import { OrderEvent } from '../../schemas/events/order-event.ts'
import { OrderState } from '../../schemas/stored/order-state.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { erp, orderId, orderOf, policy, shop, start, wms } from '../support/orders.ts'
import { anyWord, sampleOf } from '../support/sample.ts'

/** The fields that have a word in them; numbers of lists and names of records aside. */
function fieldsWith(word: string, value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value === 'string') return value.includes(word) ? [path.slice(-2).join('.')] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([field, each]) =>
    fieldsWith(word, each, /^\d+$/.test(field) || field === word ? path : [...path, field]),
  )
}

/** Names of things, and digests. A new field that takes any text is either one of these, or is to be forgotten. */
const names = new Set(
  `articles.sku backorder.sku by called.id called.sku commands components.sku country digest
  command.intentId command.subject erased.request exceptions.subject field acknowledged acknowledged.erp acknowledged.wms reservations.location reservations.sku id
  intentId intents.acknowledged intents.maybeAcknowledged intents.shipmentId intents.steps key lines.id lines.sku number parts.id parts.sku portions.location portions.sku
  reference.id reference.number request seen.country seen.digest seen.number shipment.carrier shipment.id shipment.location
  shipment.trackingNumber shipmentId shipments.carrier shipments.id shipments.location shipments.trackingNumber short.id since
  sentAs.parcel stage steps subject terms.erp terms.parcel terms.wms warehouse.since`.split(/\s+/),
)

const most = 40

test('of everything that can happen, an erasure leaves names of things and our own words', () => {
  const left = OrderEvent.options.flatMap((option) =>
    Array.from({ length: most }, (_, which) => {
      const fact = JSON.stringify({ shipment: { trackingUrl: anyWord, carrier: 'UPS' } })
      const sample = Object(sampleOf(option, which))
      const event = OrderEvent.parse(sample.type === 'fact.kept' ? { ...sample, fact } : sample)
      const rest = forgotten(event)
      expect(OrderEvent.parse(rest)).toEqual(rest)
      expect(forgotten(rest)).toEqual(rest)
      return fieldsWith(anyWord, rest).filter((field) => !names.has(field) && !isOurs(event))
    }).flat(),
  )
  expect([...new Set(left)]).toEqual([])
})

const isOurs = (event: OrderEvent): boolean => {
  const codes =
    'problems' in event
      ? event.problems.map(({ code }) => code)
      : 'code' in event
        ? [event.code]
        : []
  return codes.length > 0 && codes.every((code) => ours.has(code))
}
/** Codes whose reasons are sentences of ours about lines, sums and codes. */
const ours = new Set(
  Object.keys(exceptionCatalogue).filter(
    (code) => forgotten({ code, reason: anyWord }).reason === anyWord,
  ),
)

test('reasons that quote somebody are not ours', () => {
  for (const code of [
    'dead-letter',
    'effect-refused',
    'in-doubt',
    'on-hold',
    'warehouse-hold',
    'address-review',
    'channel-hold',
    'unreadable-payload',
    'overdue',
    'cancelled-after-release',
    'amended-after-release',
  ])
    expect([code, ours.has(code)]).toEqual([code, false])
})

test('of a state an erasure leaves names of things and our own words', () => {
  const left = Array.from({ length: most }, (_, which) => {
    const sample = Object(sampleOf(OrderState, which))
    const deferredFacts = { 'shipped:1': JSON.stringify({ shipment: { trackingUrl: anyWord } }) }
    const state = OrderState.parse({ ...sample, deferredFacts })
    const rest = forgottenState(state)
    expect(OrderState.parse(rest)).toEqual(rest)
    const all = fieldsWith(anyWord, rest).filter((field) => !names.has(field))
    const [problem] = state.problems
    const [exception] = Object.values(state.exceptions)
    return all.filter(
      (field) =>
        !(field === 'problems.reason' && ours.has(problem?.code ?? '')) &&
        !(field === 'exceptions.reason' && ours.has(exception?.code ?? '')),
    )
  }).flat()
  expect([...new Set(left)]).toEqual([])
})

const people = {
  shipTo: {
    name: "Jean-Luc O'Neil",
    address1: 'Zip Street 1',
    city: 'Town',
    postalCode: '62701-1234',
    countryCode: 'US',
  },
}
const quote = 'Jean–Luc O’Neil of 62701 1234 is unknown'

async function open() {
  const ledger = new MemoryLedger()
  const deps = { ledger, policy, jitter: async () => {} }
  let seconds = 0
  const tell = (fact: object) => {
    seconds += 10
    const at = new Date(Date.parse(start) + seconds * 1000).toISOString()
    // Each test writes facts as the ledger takes them.
    return recordFact({ id: orderId }, { at, ...fact } as Parameters<typeof recordFact>[1], deps)
  }
  const state = async () => OrderState.parse(await ledger.load(orderId))
  const attempt = async (intentId: string, result: unknown) => {
    await tell({ type: 'claim', intentId, leaseSeconds: 30 })
    const epoch = (await state()).intents[intentId]?.epoch
    await tell({ type: 'outcome', intentId, epoch, during: 'make', result, lagSeconds: undefined })
  }
  await tell({
    type: 'snapshot',
    order: orderOf({ people, holds: [{ kind: 'other', reason: quote }] }),
    authority: 'body',
    receivedAt: start,
  })
  return { ledger, tell, state, attempt }
}

test('text by systems and channels contains no personal data from the start', async () => {
  const { ledger, tell, attempt, state } = await open()
  await attempt('create-order', ok({ id: 'so1' }))
  await tell({
    type: 'command',
    id: 'c1',
    by: 'arn',
    command: { do: 'resolve', code: 'channel-hold', subject: '', note: 'ok' },
  })
  await attempt('release-order', ok({ id: 'w1' }))
  await tell({ type: 'held', connection: wms, reason: quote, since: start })
  await tell({ type: 'unreadable', connection: shop, code: 'unreadable-payload', reason: quote })
  await tell({
    type: 'answered',
    connection: wms,
    intentId: 'release-order',
    answer: { type: 'refused', reason: quote },
  })
  await tell({
    type: 'answered',
    connection: erp,
    intentId: 'create-order',
    answer: { type: 'done', reference: { id: 'so2', differs: quote } },
  })
  const told = JSON.stringify([await state(), ledger.commits.map(({ events }) => events)])
  expect(told.match(/… of … is unknown/g)?.length).toBeGreaterThan(6)
  expect(told).not.toMatch(/Jean|Neil|62701/)
})

/** An order on which everybody has said something, also of people whom it does not name. */
async function talkedAbout() {
  const opened = await open()
  const { tell, attempt } = opened
  const reason = 'Karl-Heinz Unknown called'
  await attempt('create-order', err(doubt(reason)))
  await attempt('create-order', err(except('effect-refused', reason)))
  await tell({ type: 'command', id: 'c1', by: 'arn', command: { do: 'hold', reason } })
  await tell({ type: 'dead-letter', connection: erp, subject: 'create-order', reason })
  await tell({ type: 'unreadable', connection: shop, code: 'unreadable-payload', reason })
  await tell({
    type: 'snapshot',
    order: orderOf({
      people,
      version: '2026-11-22T10:00:00.000Z',
      holds: [{ kind: 'address', reason }],
      total: 1,
    }),
    authority: 'body',
    receivedAt: start,
  })
  const shipment = {
    id: 'p1',
    warehouseOrder: 'w',
    lines: [{ sku: 'X', quantity: 1 }],
    shippedAt: start,
    trackingUrl: 'https://x.example/Unknown',
  }
  await tell({ type: 'shipped', connection: wms, shipment })
  return opened
}

test('an erasure removes all text by others and keeps open exceptions', async () => {
  const { tell, state } = await talkedAbout()
  const before = await state()
  expect(JSON.stringify(before)).toContain('Unknown')
  const { events } = await tell({ type: 'erased', request: 'r1', by: 'arn' })
  const after = await state()
  expect(events.map(({ type }) => type)).toEqual(['people.erased'])
  expect(JSON.stringify(after)).not.toContain('Unknown')
  const clocks = ({ exceptions }: OrderState) =>
    Object.entries(exceptions).map(([key, { raisedAt, deadline, owner }]) => [
      key,
      raisedAt,
      deadline,
      owner,
    ])
  expect(clocks(after)).toEqual(clocks(before))
  expect(after.exceptions['money-mismatch']?.reason).toBe(
    before.exceptions['money-mismatch']?.reason,
  )
  expect(after.exceptions['dead-letter:create-order']?.reason).toBe(erasedWords)
  expect((await tell({ type: 'deadline' })).events).toEqual([])
})

test('later text by others about an erased order is not stored either', async () => {
  const { tell, state, attempt, ledger } = await open()
  await tell({
    type: 'command',
    id: 'c1',
    by: 'arn',
    command: { do: 'resolve', code: 'channel-hold', subject: '', note: 'ok' },
  })
  await attempt('create-order', ok({ id: 'so1' }))
  await attempt('release-order', ok({ id: 'w1' }))
  await tell({ type: 'erased', request: 'r1', by: 'arn' })
  const commits = ledger.commits.length
  await tell({ type: 'held', connection: wms, reason: quote, since: start })
  await tell({ type: 'held', connection: wms, reason: quote, since: start })
  await tell({ type: 'unreadable', connection: shop, code: 'unreadable-payload', reason: quote })
  await tell({
    type: 'snapshot',
    order: orderOf({
      people,
      version: '2026-11-22T10:00:00.000Z',
      cancelReason: quote,
      holds: [{ kind: 'other', reason: quote }],
    }),
    authority: 'body',
    receivedAt: start,
  })
  const told = ledger.commits.slice(commits).map(({ events }) => events)
  expect(JSON.stringify([await state(), told])).not.toMatch(/is unknown/)
  expect(told.flatMap((events) => events.map(({ type }) => type))).toEqual(
    expect.arrayContaining(['release.held', 'exception.raised', 'order.amended']),
  )
  expect(Object.keys((await state()).exceptions)).toContain('warehouse-hold')
})

test('an order that an older version erased is cleansed by asking again, once', async () => {
  const { tell, state, ledger } = await talkedAbout()
  const known = await state()
  const erased = { at: start, request: 'r0' }
  await ledger.commit({
    before: known,
    after: { ...known, rev: known.rev + 1, erased },
    events: [],
    at: start,
  })
  await tell({ type: 'erased', request: 'r1', by: 'arn' })
  expect(JSON.stringify(await state())).not.toContain('Unknown')
  expect((await state()).erased).toEqual(erased)
  expect((await tell({ type: 'erased', request: 'r2', by: 'arn' })).events).toEqual([])
})
