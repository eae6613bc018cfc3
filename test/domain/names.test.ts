import { codeMapOf, mapCodes } from '../../domain/cross-references/code-map.ts'
import { wantedBy } from '../../domain/cross-references/wanted.ts'
import { effectCatalogue } from '../../domain/effects/catalogue.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { perform } from '../../domain/effects/perform.ts'
import { named } from '../../domain/names.ts'
import type { Addition, CrossReferences, Opened } from '../../domain/ports.ts'
import { wakeWaiting } from '../../functions/import-cross-references/wake-waiting.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { NameKind } from '../../schemas/canonical/name-kind.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { Naming } from '../../schemas/stored/cross-reference.ts'
import type { LedgerLine } from '../../schemas/stored/order-state.ts'
import { openLane } from '../support/lane.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { erp, lineOf, orderId, orderOf, policy, seconds, start, wms } from '../support/orders.ts'

const addition = (kind: NameKind, code: string, ...names: readonly Naming[]): Addition => ({
  connection: erp,
  kind,
  code,
  told: names.map((naming) => ({ naming })),
})
const since = (name: string, from = start): Naming => ({ from, name })
const codesOf = (effect: EffectName) => effectCatalogue[effect].codes ?? []
const strict = { safety: { by: 'key' }, namesRequired: { sku: 'required' } } as const

describe('an effect whose codes have no name', () => {
  test('is refused before anything is asked, with the rows to import', async () => {
    const lane = await openLane(strict)
    expect(await lane.work()).toMatchObject({ next: 'except' })
    expect(lane.system.asked()).toBe(0)
    const { exceptions, intents } = await lane.state()
    expect(exceptions['unmapped-code:create-order']).toMatchObject({
      owner: 'commerce',
      reason:
        'netsuite/demo-erp has no name for sku "MUG", sku "PLATE"; import the rows netsuite/demo-erp,sku,MUG,<its name there> and netsuite/demo-erp,sku,PLATE,<its name there>',
    })
    expect(intents['create-order']?.state).toBe('refused')
    expect(lane.queue).toEqual([])
  })

  test('flows as if nothing had been where the settings do not ask', async () => {
    const lane = await openLane({ safety: { by: 'key' }, namesRequired: { sku: 'optional' } })
    expect(await lane.work()).toEqual({ did: 'create-order' })
  })

  test('is not held up by a line that was taken back', async () => {
    const order = orderOf({ lines: [lineOf({ removed: 2 }), lineOf({ id: '2', sku: 'PLATE' })] })
    const lines = [
      { id: '1', quantity: 0 },
      { id: '2', quantity: 2 },
    ]
    expect(
      wantedBy(codesOf('create-order'), { order, lines }).filter(({ needed }) => needed),
    ).toMatchObject([{ code: 'PLATE' }, { kind: 'shipping-method', code: 'Standard' }])
  })

  test('goes on by itself, and its exception clears, when the last name is imported', async () => {
    const lane = await openLane(strict)
    await lane.work()
    await bring(lane, [addition('sku', 'MUG', since('M-1'))])
    await lane.work()
    expect(Object.values((await lane.state()).exceptions)).toMatchObject([
      { code: 'unmapped-code', reason: expect.not.stringContaining('MUG') },
    ])
    await bring(lane, [addition('sku', 'PLATE', since('P-1'))])
    expect(await lane.work()).toEqual({ did: 'create-order' })
    expect((await lane.state()).exceptions).toEqual({})
    expect(await lane.crossReferences.waiting(erp)).toEqual([])
  })

  test('waits on for a name that begins later', async () => {
    const lane = await openLane(strict)
    await lane.work()
    const later = [since('M-1', seconds(1e6))]
    await bring(lane, [addition('sku', 'MUG', ...later), addition('sku', 'PLATE', since('P'))])
    await lane.work()
    expect((await lane.intent())?.state).toBe('refused')
    expect(await lane.crossReferences.waiting(erp)).toMatchObject([{ code: 'MUG' }])
  })

  test('is never forgotten, at whichever step the names come', async () => {
    const places = await stepsOfARefusal()
    expect(places).toContain('before wait for names')
    expect(places).toContain('after wait for names')
    for (let nth = 0; nth < places.length; nth++) {
      const lane = await openLane(strict)
      let passed = 0
      lane.gate.pass = async () => {
        passed += 1
        if (passed !== nth + 1) return
        await bring(lane, [
          addition('sku', 'MUG', since('M-1')),
          addition('sku', 'PLATE', since('P-1')),
        ])
      }
      await workAll(lane)
      expect([places[nth], (await lane.intent())?.state]).toEqual([places[nth], 'done'])
    }
  })
})

test('a process that still believes that a name is missing looks again before it refuses', async () => {
  const lane = await openLane(strict)
  const { crossReferences: store } = lane
  await store.add([addition('sku', 'MUG', since('M')), addition('sku', 'PLATE', since('P'))])
  const asked: string[] = []
  const crossReferences: CrossReferences = {
    wait: store.wait,
    find: async (things, as) => {
      asked.push(`${things.map(({ code }) => code)} ${as}`)
      return as === 'now' ? store.find(things) : []
    },
  }
  const hint = EffectHint.parse({ orderId, intentId: 'create-order', connection: erp })
  expect(await perform(hint, { ...lane.deps, crossReferences })).toEqual({ did: 'create-order' })
  expect(asked).toEqual(['MUG,PLATE,Standard lately', 'MUG,PLATE now'])
})

test('an order that is called something else since the claim is claimed anew', async () => {
  const lane = await openLane({ safety: { by: 'key' } })
  await lane.crossReferences.add([addition('sku', 'MUG', since('M'))])
  let reads = 0
  const stale = async (id: OrderId): Promise<Opened> => {
    const { state, order } = await lane.ledger.open(id)
    reads += 1
    return { state, order: reads === 1 ? orderOf({ lines: [lineOf({ sku: 'OLD' })] }) : order }
  }
  const hint = EffectHint.parse({ orderId, intentId: 'create-order', connection: erp })
  expect(await perform(hint, lane.depsWith({ open: stale }))).toMatchObject({ next: 'retry' })
  expect(lane.system.asked()).toBe(0)
  expect(await perform(hint, lane.deps)).toMatchObject({ did: expect.stringMatching(/^skipped/) })
})

type Lane = Awaited<ReturnType<typeof openLane>>

/** What an import does, and what the ledger's stream makes of it. */
async function bring(lane: Lane, additions: readonly Addition[]): Promise<void> {
  const quietly = { ledger: lane.ledger, policy, jitter: async () => {} }
  const store = lane.crossReferences
  await store.add(additions)
  const now = additions.filter(({ told }) => told.some(({ naming }) => naming.from <= start))
  await wakeWaiting(now, { ...quietly, store, clock: lane.deps.clock })
  publish(lane)
}

const published = new WeakMap<Lane, number>()

function publish(lane: Lane): void {
  const { commits } = lane.ledger
  const from = published.get(lane) ?? 1
  published.set(lane, commits.length)
  for (const event of commits.slice(from).flatMap(({ events }) => events)) {
    if (event.type !== 'effect.requested') continue
    const { intentId, connection } = event
    const body = JSON.stringify({ orderId, intentId, connection })
    lane.queue.push({ body, from: lane.deps.clock().getTime() })
  }
}

async function workAll(lane: Lane): Promise<void> {
  for (let i = 0; i < 20 && lane.queue.length > 0; i++) {
    await lane.work()
    publish(lane)
  }
}

async function stepsOfARefusal(): Promise<readonly string[]> {
  const lane = await openLane(strict)
  const places: string[] = []
  lane.gate.pass = async (place) => {
    places.push(place)
  }
  await lane.work()
  return places
}

describe('the words of a connection', () => {
  const order = orderOf()
  const lines = [
    { id: '1', quantity: 2 },
    { id: '2', quantity: 1 },
  ]
  const ledgerLine = (id: string, sku: string, called?: LedgerLine['called']): LedgerLine => ({
    id,
    sku,
    shippable: true,
    ordered: 1,
    removed: 0,
    assignedToChannel: 0,
    fulfilledByChannel: 0,
    cancelledHere: 0,
    cancelReported: 0,
    cancelled: 0,
    refunded: 0,
    released: 0,
    shipped: 0,
    backordered: 0,
    shippedEarlier: 0,
    ...(called && { called }),
  })
  const speak = async (additions: readonly Addition[], known: readonly LedgerLine[] = []) => {
    const crossReferences = new MemoryCrossReferences()
    await crossReferences.add(additions)
    const about = { effect: 'release-order', subject: { order, lines }, at: seconds(60) } as const
    const deps = { crossReferences, account: { connection: erp }, namesRequired: {} }
    return codeMapOf({ ...about, lines: known }, deps)
  }
  const subject: Subject = { order, lines, references: {} }

  test('name what has a name at that moment, and leave the rest as it is', async () => {
    const words = await speak([
      addition('sku', 'MUG', since('M-1'), since('M-2', seconds(30)), since('M-3', seconds(90))),
      addition('shipping-method', 'Standard', since('GROUND')),
    ])
    const spoken = mapCodes(words, subject)
    expect(named(spoken, 'sku', 'MUG')).toBe('M-2')
    expect(named(spoken, 'sku', 'PLATE')).toBe('PLATE')
    expect(named(spoken, 'shipping-method', 'Standard')).toBe('GROUND')
  })

  test('give a bundle its parts, and keep its own name', async () => {
    const components: Naming = { from: start, components: [{ sku: 'CUP', quantity: 2 }] }
    const words = await speak([addition('sku', 'MUG', components)])
    const spoken = mapCodes(words, subject)
    expect(spoken.lines).toEqual([
      { id: '1', quantity: 2, components: [{ sku: 'CUP', quantity: 2 }] },
      { id: '2', quantity: 1 },
    ])
    expect(named(spoken, 'sku', 'MUG')).toBe('MUG')
  })

  test('are told to the ledger where they are not ours, and where they no longer are', async () => {
    const parts: Naming = { from: start, components: [{ sku: 'CUP', quantity: 2 }] }
    const known = [
      ledgerLine('1', 'MUG'),
      ledgerLine('2', 'PLATE', { sku: 'P-OLD' }),
      ledgerLine('3', 'OTHER'),
      ledgerLine('4', 'SAME'),
    ]
    const order4 = [addition('sku', 'MUG', since('M-1')), addition('sku', 'OTHER', parts)]
    expect((await speak(order4, known)).called).toEqual([{ id: '1', sku: 'M-1' }, { id: '2' }])
  })
})

test('a claim tells the ledger what the warehouse is told', async () => {
  const crossReferences = new MemoryCrossReferences()
  await crossReferences.add([{ ...addition('sku', 'MUG', since('M-1')), connection: wms }])
  const lane = await openLane({ safety: { by: 'key' } })
  const spoken: string[] = []
  const effect = lane.system.system.effects['create-order']
  if (!effect) throw new Error('the fake system makes orders')
  const watched: Effect = {
    ...effect,
    make: (account, subject) => {
      spoken.push(...subject.order.lines.map(({ sku = '' }) => named(subject, 'sku', sku)))
      return effect.make(account, subject)
    },
  }
  await lane.work()
  publish(lane)
  const account = { ...lane.deps.account, connection: wms }
  const effects = { 'release-order': watched }
  Object.assign(lane.deps, {
    crossReferences,
    account,
    system: { ...lane.deps.system, effects },
  })
  await workAll(lane)
  expect(spoken).toEqual(['M-1', 'PLATE'])
  expect((await lane.state()).lines.map(({ called }) => called)).toEqual([
    { sku: 'M-1' },
    undefined,
  ])
})

test.each<[EffectName, readonly string[]]>([
  ['create-order', ['sku', 'unit', 'tax-code', 'shipping-method', 'payment-method', 'customer']],
  ['release-order', ['sku', 'unit', 'shipping-method']],
  ['post-shipment', ['carrier', 'location', 'sku']],
  ['confirm-shipment', ['carrier', 'location', 'sku']],
  ['cancel-order', []],
])('%s speaks of %j', (effect, kinds) => {
  const order = orderOf({
    lines: [lineOf({ unit: 'C62', taxCode: 'P0000000' })],
    tenders: [{ method: 'gift-card', amount: 2300 }],
    people: { customer: { id: '77' } },
  })
  const shipment = {
    id: 'parcel',
    lines: [{ id: '1', quantity: 1 }],
    carrier: 'UPS',
    location: 'Main',
    shippedAt: start,
  }
  const wanted = wantedBy(codesOf(effect), { order, lines: [{ id: '1', quantity: 2 }], shipment })
  expect(new Set(wanted.map(({ kind }) => kind))).toEqual(new Set(kinds))
})

test('a customer without a name is not named in the reason, which many read', async () => {
  const lane = await openLane({ safety: { by: 'key' }, namesRequired: { customer: 'required' } })
  await lane.ledger.commit({
    before: await lane.state(),
    after: { ...(await lane.state()), rev: (await lane.state()).rev + 1 },
    events: [],
    at: start,
    order: orderOf({ people: { customer: { id: 'shopper@example.com' } } }),
  })
  expect(await lane.work()).toMatchObject({
    next: 'except',
    reason: expect.not.stringContaining('shopper@example.com'),
  })
})
