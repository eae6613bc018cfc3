import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Connector, capabilitiesOf } from '../../connectors/contract.ts'
import { connectors } from '../../connectors/index.ts'
import type { Reply } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import type { Failure } from '../../domain/failure.ts'
import { ok, type Result } from '../../domain/result.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { Settings } from '../../schemas/settings.ts'
import type { MakeTwin } from '../../twins/kit/twin.ts'
import { type TwinAccount, twinAccount } from '../support/account.ts'
import { casesIn, fixture, foldersOf, text } from '../support/fixtures.ts'
import { type MemoryWorld, memoryWorld } from '../support/twin-world.ts'

/** The demo's connections come first; the example has those of connectors that the demo does without. */
const connections = { ...connectionsIn('demo'), ...connectionsIn('example') }

const html = { 'content-type': 'text/html' }
const unclear: readonly (readonly [string, Reply])[] = [
  ['a bad gateway', { status: 502, headers: html, body: '<html>Bad Gateway</html>' }],
  ['an internal error', { status: 500, headers: {}, body: '' }],
  [
    'a gateway timeout',
    { status: 504, headers: {}, body: '{"message":"Endpoint request timed out"}' },
  ],
  ['a login page', { status: 200, headers: html, body: '<!doctype html><title>Log in</title>' }],
  [
    'half a document',
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":' },
  ],
]

const replies: fc.Arbitrary<Reply> = fc.record({
  status: fc.oneof(
    fc.integer({ min: 100, max: 599 }),
    fc.constantFrom(200, 201, 204, 400, 401, 404, 409, 422, 429),
  ),
  headers: fc.dictionary(
    fc.constantFrom('retry-after', 'location', 'content-type', 'x-retry-after'),
    fc.string(),
  ),
  body: fc.oneof(fc.string(), fc.json(), fc.constant(''), fc.constant('<html></html>')),
})

test('every folder under connectors/ but the kit is registered, and nothing else is', () => {
  const folders = foldersOf('connectors').filter((name) => name !== 'kit')
  expect(connectors.map(({ id }) => id).toSorted()).toEqual(folders)
})

/** The effect that begins what the others of its capability go on with, and the reference that it leaves; a channel has its orders. */
const capabilities = {
  orders: { first: undefined, side: undefined },
  accounting: { first: 'create-order', side: 'erp' },
  fulfilment: { first: 'release-order', side: 'wms' },
} as const

/** Whether each connection says which capabilities it has. */
const isChosen = ({ settings }: Connector): boolean => 'capabilities' in settings.shape

const tried = connectors.flatMap((connector) =>
  (['orders', 'accounting', 'fulfilment'] as const)
    .filter((capability) => Object.keys(connector[capability]?.effects ?? {}).length > 0)
    .map((capability) => [connector.id, capability, connector] as const),
)

describe.each(tried)('%s: %s', (_, capability, connector) => {
  const { id } = connector
  const { first, side } = capabilities[capability]
  const usual = {
    ...ownOf(connections[connectionOf()]),
    ...(isChosen(connector) && { capabilities: [capability] }),
  }
  const cases = first
    ? casesIn(id, '.order.json').filter(isOfCapability)
    : casesIn(id, '.wire.json')
  /** The recorded order that was found to fit an effect. */
  const chosen = new Map<string, string>()
  const effects = Object.entries(capabilitiesOf(connector, usual)[capability]?.effects ?? {})

  test('says what it is', () => {
    expect(connector.title).not.toBe('')
    expect(connector.maxConcurrency).toBeGreaterThanOrEqual(2)
    expect(connector.maxConcurrency).toBeLessThanOrEqual(1000)
    if (first) expect(effects.map(([name]) => name)).toContain(first)
    expect(Object.keys(connector[capability]?.effects ?? {})).toEqual(
      expect.arrayContaining(effects.map(([name]) => name)),
    )
  })

  test('understands the settings of the demo, and calls only hosts of its own', async () => {
    const { account } = await bench()
    const hosts = connector.hosts(account.settings)
    expect(hosts).not.toHaveLength(0)
    expect(hosts.filter((host) => !/^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/.test(host))).toEqual([])
  })

  test('has at least one recorded order', () => {
    expect(cases).not.toHaveLength(0)
  })

  if (first)
    test.each(cases)('turns %s into the requests written beside it', async (name) => {
      const { account } = await bench(settingsBeside(name))
      const made = await effectOf(first).make(account, subjectOf(name))
      expect(made).toMatchObject({ ok: true })
      const requests = account.calls
        .filter(({ kind }) => kind === 'write')
        .map(({ method, url, body = '{}' }) => ({
          method,
          path: url.replace(/^https:\/\/[^/]+/, ''),
          body: JSON.parse(body),
        }))
      expect(requests).toEqual(fixture(id, `${name}.requests.json`))
    })

  describe.each(effects)('%s', (name, effect) => {
    test('says how doing it twice is prevented, and can be asked unless nothing can', () => {
      expect(['key', 'lookup', 'none']).toContain(effect.safety.by)
      if (effect.safety.by !== 'none') expect(effect.look).toBeDefined()
    })

    test('finds what it made', async () => {
      const { account, subject, world } = await ready(name)
      const made = await effect.make(account, subject)
      expect(made).toMatchObject({ ok: true, value: { id: expect.any(String) } })
      later(world, effect)
      if (effect.look) expect(await effect.look(account, subject)).toEqual(made)
    })

    const { documentsOf } = connector.accounting ?? {}
    if (documentsOf && name === 'create-order')
      test('lists every document of the order, for the check for duplicates', async () => {
        const { account, subject, world } = await ready(name)
        expect(await documentsOf(account, subject)).toEqual(ok([]))
        const made = await effect.make(account, subject)
        later(world, effect)
        await effect.make(account, subject)
        later(world, effect)
        const listed = await documentsOf(account, subject)
        expect(listed).toMatchObject({ ok: true, value: [{ id: made.ok && made.value.id }, {}] })
      })

    test('finds nothing before it made something', async () => {
      const { account, subject } = await ready(name)
      if (effect.look) expect(await effect.look(account, subject)).toEqual(ok(undefined))
    })

    test('is in doubt when the answer to its write is lost, and finds what it made', async () => {
      const { account, subject, world, twin } = await ready(name)
      const before = account.calls.length
      account.misbehave('commit-then-drop', { which: lastWriteOf(await writesOf(name)) })
      const made = await effect.make(account, subject)
      expect(made).toMatchObject({ ok: false, error: { next: 'doubt' } })
      expect(account.calls.length).toBeGreaterThan(before)
      later(world, effect)
      if (effect.look)
        expect(await effect.look(account, subject)).toMatchObject({
          ok: true,
          value: { id: expect.any(String) },
        })
      expect(sizes(twin.state())).toEqual(await sizesAfter(name))
    })

    test('waits when throttled, and tries again when a look-up finds the system down', async () => {
      const { account, subject } = await ready(name)
      account.misbehave('throttle', { times: 99 })
      expect(await effect.make(account, subject)).toMatchObject({
        ok: false,
        error: { next: 'wait' },
      })
      const down = await ready(name)
      down.account.misbehave('unavailable', { times: 99 })
      if (effect.look) {
        expect(await effect.look(down.account, subject)).toMatchObject({
          ok: false,
          error: { next: 'retry' },
        })
      }
    })

    test.each(unclear)('never calls a write finished or repeatable after %s', async (_, reply) => {
      const { account, subject } = await ready(name)
      const made = await effect.make(answering(account, 'write', reply), subject)
      expect(made).toMatchObject({ ok: false, error: { next: 'doubt' } })
    })

    test.each(unclear)('never calls a look-up an answer after %s', async (_, reply) => {
      const { account, subject } = await ready(name)
      const found = await effect.look?.(answering(account, 'read', reply), subject)
      if (found) expect(found).toMatchObject({ ok: false, error: { next: 'retry' } })
    })

    test('stops when the secret is not one', async () => {
      const { account, subject } = await ready(name)
      const stranger = { ...account, secret: async () => ({}), tokens: noTokens }
      expect(await effect.make(stranger, subject)).toMatchObject({
        ok: false,
        error: { next: 'halt' },
      })
    })

    test('survives any answer at all', async () => {
      const { account, subject } = await ready(name)
      await fc.assert(
        fc.asyncProperty(replies, async (reply) => {
          const hostile = answering(account, 'any', reply)
          for (const result of [
            await effect.look?.(hostile, subject),
            await effect.make(hostile, subject),
          ]) {
            if (result && !result.ok) expect(result.error.reason).not.toBe('')
          }
        }),
        { numRuns: 60 },
      )
    })
  })

  if (connector.read) {
    test('reads any delivery without throwing', () => {
      const connection = connectionOf()
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
          const receivedAt = '2026-11-21T10:00:00.000Z'
          const said = connector.read?.({
            connection,
            via: 'webhook',
            headers: {},
            body,
            receivedAt,
          })
          expect(said?.ok === true || said?.error.next === 'except').toBe(true)
        }),
      )
    })
  }

  function connectionOf(): ConnectionId {
    const names = Object.keys(connections)
    return ConnectionId.parse(names.find((name) => name.startsWith(`${id}/`)))
  }

  /** Without what every connection has. */
  function ownOf(fields: object = {}) {
    const own = Object.keys(connector.settings.shape)
    return Object.fromEntries(Object.entries(fields).filter(([field]) => own.includes(field)))
  }

  function effectOf(name: string): Effect {
    const effect = effects.find(([key]) => key === name)?.[1]
    if (!effect) throw new Error(`${id} has no ${name}`)
    return effect
  }

  /** A recorded order may come with settings that differ from the demo's. */
  function settingsBeside(name: string): unknown {
    return casesIn(id, '.settings.json').includes(name) ? fixture(id, `${name}.settings.json`) : {}
  }

  /** Where connections choose, an order is for the capabilities that its settings name, or else the demo's. */
  function isOfCapability(name: string): boolean {
    const settings = { ...connections[connectionOf()], ...Object(settingsBeside(name)) }
    return !isChosen(connector) || Object(settings['capabilities']).includes(capability)
  }

  async function bench(extra: unknown = {}) {
    const connection = connectionOf()
    const settings = { ...usual, ...Object(extra) }
    const world = memoryWorld(settings)
    const folder: { twin: MakeTwin } = await import(`../../twins/${id}/twin.ts`)
    const twin = folder.twin(world)
    const account = twinAccount({ connector, connection, settings, twin, now: world.now })
    return { account, twin, world }
  }

  /** A system on which the effect can be done: for all but the first, the order is there. */
  async function ready(name: string) {
    if (!first) return sold(name)
    const system = await bench()
    const subject = subjectOf(cases[0] ?? '')
    // Signs in, so that what a test does to the calls does not meet the sign-in.
    await effectOf(first).look?.(system.account, subject)
    if (name === first) return { ...system, subject }
    const made = await effectOf(first).make(system.account, subject)
    if (!made.ok) throw new Error(made.error.reason)
    later(system.world, effectOf(first))
    const references = { [side]: made.value }
    const wanted = name.startsWith('amend-') ? amended(subject) : subject
    return { ...system, subject: { ...wanted, references } }
  }

  /** A shop with the first recorded order on which the effect can be done. */
  async function sold(name: string) {
    for (const recorded of chosen.has(name) ? [chosen.get(name) ?? ''] : cases) {
      const shop = async () => {
        const system = await bench()
        await system.twin.takeOrder?.(text(id, `${recorded}.wire.json`), false)
        const { channelOrderId } = Order.parse(fixture(id, `${recorded}.order.json`))
        const order = await connector.orders?.fetchOrder?.(system.account, channelOrderId)
        if (!order?.ok || !order.value) throw new Error(`${id} does not answer ${recorded}`)
        return { ...system, subject: subjectFor(order.value, name) }
      }
      const tried = await shop()
      const found = await effectOf(name).look?.(tried.account, tried.subject)
      const made = await effectOf(name).make(tried.account, tried.subject)
      if (!found?.ok || found.value || !made.ok) continue
      chosen.set(name, recorded)
      return shop()
    }
    throw new Error(`there is no recorded order for ${name} of ${id}`)
  }

  /** How many writes it takes when nothing goes wrong. */
  async function writesOf(name: string): Promise<number> {
    const { account, subject } = await ready(name)
    const before = account.calls.length
    await effectOf(name).make(account, subject)
    return account.calls.slice(before).filter(({ kind }) => kind === 'write').length
  }

  async function sizesAfter(name: string) {
    const { account, subject, twin } = await ready(name)
    await effectOf(name).make(account, subject)
    return sizes(twin.state())
  }

  function subjectOf(name: string): Subject {
    return subjectFor(Order.parse(fixture(id, `${name}.order.json`)))
  }

  /** All units of the order, in one parcel; one unit of it where units are to be taken back. */
  function subjectFor(order: Order, name?: string): Subject {
    const lines = order.lines.map((line, i) => ({
      id: line.id,
      quantity: name === 'cancel-sale' ? Number(i === 0) : line.quantity - line.removed,
    }))
    const shipped = lines.filter(
      ({ id: lineId, quantity }) =>
        quantity > 0 && order.lines.some((line) => line.id === lineId && line.shippable),
    )
    const shipment = {
      id: '9001',
      lines: shipped,
      trackingNumber: '1Z9999W99999999999',
      shippedAt: '2026-11-21T09:00:00.000Z',
    }
    return { order, lines, references: {}, shipment }
  }
})

function connectionsIn(environment: string) {
  const file = join(import.meta.dirname, `../../settings/${environment}.json`)
  return Settings.parse(JSON.parse(readFileSync(file, 'utf8'))).connections
}

/** The same order with another address, and one unit less where that leaves one. */
function amended({ order, lines: [first, ...others], ...subject }: Subject): Subject {
  const { shipTo } = order.people
  const people = { ...order.people, ...(shipTo && { shipTo: { ...shipTo, address1: 'Moved 1' } }) }
  const lines = first ? [{ ...first, quantity: Math.max(1, first.quantity - 1) }, ...others] : []
  return { ...subject, order: { ...order, people }, lines }
}

const later = (world: MemoryWorld, { safety }: Effect): void => {
  const seconds = safety.by === 'lookup' ? safety.lagSeconds : 0
  world.clock = new Date(world.clock.getTime() + seconds * 1000)
}

const lastWriteOf = (writes: number) => {
  let seen = 0
  return ({ kind }: { kind: string }) => kind === 'write' && ++seen === writes
}

const sizes = (state: Readonly<Record<string, readonly unknown[]>>) =>
  Object.fromEntries(Object.entries(state).map(([kind, documents]) => [kind, documents.length]))

const noTokens = {
  get: async (mint: () => Promise<Result<{ token: string }, Failure>>) => {
    const minted = await mint()
    return minted.ok ? ok(minted.value.token) : minted
  },
  drop: async () => undefined,
}

/** The same account, but somebody else answers its calls of one kind. */
function answering(
  account: TwinAccount,
  kind: 'read' | 'write' | 'any',
  reply: Reply,
): TwinAccount {
  const send: TwinAccount['send'] = async (call) =>
    kind === 'any' || call.kind === kind ? ok(reply) : account.send(call)
  return { ...account, send }
}
