import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connector } from '../../connectors/contract.ts'
import { connectors } from '../../connectors/index.ts'
import type { Door } from '../../domain/door.ts'
import { isImpossible, problemsOf } from '../../domain/exceptions/problems.ts'
import type { Failure } from '../../domain/failure.ts'
import { unknownOrder } from '../../domain/order/state.ts'
import { read } from '../../domain/parse.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { ok, type Result } from '../../domain/result.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import type { MakeTwin } from '../../twins/kit/twin.ts'
import { twinAccount } from '../support/account.ts'
import { casesIn, fixture, text } from '../support/fixtures.ts'
import { impossibleBodies } from '../support/impossible.ts'
import { able, lineOf, orderId, policy, seconds } from '../support/orders.ts'
import { type Story, tellStory } from '../support/story.ts'
import { memoryWorld } from '../support/twin-world.ts'

const root = join(import.meta.dirname, '../..')

type Channel = Connector & Required<Pick<Connector, 'orders' | 'read'>>

const channels = connectors.filter((each): each is Channel => Boolean(each.orders && each.read))

/** Those that have a system to call; what submits its orders has neither door nor twin (order-api.test.ts). */
const vendors = channels.filter(({ orders }) => !orders.submissions)
const tried = await Promise.all(
  vendors.map(async (channel) => {
    const folder = `../../connectors/${channel.id}`
    const hasDoor = existsSync(join(import.meta.dirname, folder, 'verify.ts'))
    const { door } = hasDoor ? ((await import(`${folder}/verify.ts`)) as { door: Door }) : {}
    const { twin } = (await import(`../../twins/${channel.id}/twin.ts`)) as { twin: MakeTwin }
    return [channel.id, { channel, door, twin }] as const
  }),
)

/** A connector that the demo does not connect is tried as the example has it. */
const written = ['demo', 'example'].flatMap((environment) => {
  const file = readFileSync(join(root, `settings/${environment}.json`), 'utf8')
  return Object.entries(
    (JSON.parse(file) as { connections: Record<string, Record<string, unknown>> }).connections,
  )
})

const connectedAs = (id: string) =>
  written.find(([connection]) => connection.startsWith(`${id}/`)) ?? ['', {}]

function settingsOf({ id, settings }: Channel) {
  const [, fields] = connectedAs(id)
  const own = Object.keys(settings.shape)
  return settings.parse(
    Object.fromEntries(Object.entries(fields).filter(([field]) => own.includes(field))),
  )
}

describe.each(tried)('%s', (id, { channel, door, twin }) => {
  const connection = ConnectionId.parse(connectedAs(id)[0])
  const settings = settingsOf(channel)
  const cases = casesIn(id, '.wire.json')
  const passed = door?.headers ?? []

  function standIn() {
    const world = memoryWorld(settings)
    const made = twin(world)
    return { world, made, secrets: made.secret['webhookSecrets'] as string[] }
  }

  /** What arrives when the vendor sends this body, or gives it to whoever sweeps. */
  async function delivered(body: string) {
    return channel.topics.length > 0 ? sent(body) : swept(body)
  }

  async function swept(body: string) {
    const { world, made } = standIn()
    await made.takeOrder?.(body, false)
    const { now } = world
    const account = twinAccount({ connector: channel, connection, settings, twin: made, now })
    const page = await channel.sweep?.(account, ever)
    const [delivery] = page?.ok ? page.value.deliveries : []
    if (!delivery) throw new Error('the sweep found nothing')
    return { ...delivery, secrets: [], now: world.now() }
  }

  async function sent(body: string) {
    const { world, made, secrets } = standIn()
    await made.takeOrder?.(body, true)
    const [webhook] = world.deliveries
    if (!webhook) throw new Error('the twin sent nothing')
    const headers = Object.fromEntries(
      Object.entries(webhook.headers).map(([header, value]) => [header.toLowerCase(), value]),
    )
    return { headers, body: webhook.body, secrets, now: world.now() }
  }

  const delivery = (body: string, headers: Readonly<Record<string, string>>): Delivery => ({
    connection,
    via: channel.topics.length > 0 ? 'webhook' : 'sweep',
    headers: Object.fromEntries(Object.entries(headers).filter(([h]) => passed.includes(h))),
    body,
    receivedAt: '2026-11-21T10:00:00.000Z',
  })

  test('says who it is, and what an operator has to set up', () => {
    expect(channel.id).toBe(id)
    expect(channel.title).not.toBe('')
    expect(channel.hosts(settings)).not.toHaveLength(0)
    expect(channel.maxConcurrency).toBeGreaterThanOrEqual(2)
    expect(existsSync(join(root, 'connectors', id, 'README.md'))).toBe(true)
  })

  test('can be swept or is told, or no order would ever be heard of', () => {
    expect(Boolean(channel.sweep) || channel.topics.length > 0).toBe(true)
  })

  test('has a door exactly when it sends webhooks', () => {
    expect(Boolean(door)).toBe(channel.topics.length > 0)
  })

  test('has at least eight recorded payloads', () => {
    expect(cases.length).toBeGreaterThanOrEqual(8)
  })

  test.each(cases)('maps %s to the order written beside it', async (file) => {
    const order = Order.parse(fixture(id, `${file}.order.json`))
    const { body, headers } = await delivered(text(id, `${file}.wire.json`))
    expect(channel.read(delivery(body, headers))).toEqual({
      ok: true,
      value: [{ type: 'snapshot', order }],
    })
  })

  test.each(cases)('maps %s to an order that the schema knows in full', async (file) => {
    const { body, headers } = await delivered(text(id, `${file}.wire.json`))
    const readings = channel.read(delivery(body, headers))
    const [reading] = readings.ok ? readings.value : []
    if (reading?.type !== 'snapshot') throw new Error('no snapshot')
    expect(Order.strict().parse(reading.order)).toEqual(reading.order)
  })

  /** The vendor with an order, and what a connection is to it. */
  async function selling(body: string) {
    const { world, made } = standIn()
    await made.takeOrder?.(body, false)
    const { now } = world
    return twinAccount({ connector: channel, connection, settings, twin: made, now })
  }

  test.each(cases)('the message, the fetch and the sweep tell one order of %s', async (file) => {
    const wire = text(id, `${file}.wire.json`)
    const { body, headers } = await delivered(wire)
    const told = orderIn(channel.read(delivery(body, headers)))
    // As text, because the order of the fields is part of the ledger's digest. Only a fetch knows that nothing holds an order.
    const spoken = (order: unknown) =>
      JSON.stringify(order, (key, value) => (key === 'holds' && !told?.holds ? undefined : value))
    const account = await selling(wire)
    const fetched = await channel.orders.fetchOrder?.(account, told?.channelOrderId ?? '')
    expect(spoken(fetched?.ok && fetched.value)).toBe(spoken(told))
    const page = await channel.sweep?.(account, ever)
    const [found] = page?.ok ? page.value.deliveries : []
    const sweptOrder = found && channel.read({ ...delivery(found.body, {}), via: 'sweep' })
    expect(spoken(sweptOrder && orderIn(sweptOrder))).toBe(spoken(told))
  })

  test.each([
    ['throttle', 'wait'],
    ['unavailable', 'retry'],
    ['html', 'retry'],
    ['drop', 'retry'],
    ['half an answer', 'retry'],
  ] as const)('a fetch and a sweep that meet %s are a %s, and no absence', async (how, next) => {
    const account = await selling(text(id, `${cases[0]}.wire.json`))
    const half = { status: 200, headers: {}, body: '{}' }
    if (how !== 'half an answer') account.misbehave(how, { times: 99 })
    const tokens = { get: async () => ok('token'), drop: async () => {} }
    const met =
      how === 'half an answer' ? { ...account, tokens, send: async () => ok(half) } : account
    expect(await channel.orders.fetchOrder?.(met, '5600000011001')).toMatchObject({
      error: { next },
    })
    expect(await channel.sweep?.(met, ever)).toMatchObject({ error: { next } })
  })

  test.each([
    '{}',
    '[]',
    'null',
    '0',
    '"text"',
    '<xml/>',
    '',
    '{"__proto__":{"id":1}}',
    '{"constructor":{"prototype":1}}',
    '{"id":null}',
    '{"id":{"toString":1}}',
    '\u0000',
    '['.repeat(200_000),
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  ])('never throws on a hostile body, whatever the headers say (%#)', (body) => {
    for (const via of ['webhook', 'sweep'] as const) {
      for (const header of [...channel.topics, 'unknown', '__proto__', '']) {
        const headers = Object.fromEntries(passed.map((h) => [h, header]))
        const readings = channel.read({ ...delivery(body, headers), via })
        if (readings.ok) expect(readings.value.every(({ type }) => type !== 'snapshot')).toBe(true)
        else expect(readings.error).toMatchObject({ next: 'except', code: 'unreadable-payload' })
      }
    }
    expect(() => channel.orders.nameOf?.(body)).not.toThrow()
  })

  test('a cut or damaged body never throws and never says what is in it', async () => {
    const wire = text(id, `${cases[0]}.wire.json`)
    const { headers } = await delivered(wire)
    for (let at = 0; at < wire.length; at += 97) {
      for (const body of [wire.slice(0, at), `${wire.slice(0, at)}null${wire.slice(at + 4)}`]) {
        const readings = channel.read(delivery(body, headers))
        if (!readings.ok) expect(readings.error.reason).not.toMatch(/example\.com|Sample/)
      }
    }
  })

  if (door)
    describe('its door', () => {
      const body = text(id, `${cases[0]}.wire.json`)

      test('opens for exactly the bytes that were signed', async () => {
        const { headers, secrets, now, ...webhook } = await delivered(body)
        const bytes = Buffer.from(webhook.body)
        expect(door.verify({ headers, body: bytes, now }, secrets)).toBe(true)
        const changed = Buffer.concat([bytes, Buffer.from(' ')])
        expect(door.verify({ headers, body: changed, now }, secrets)).toBe(false)
        expect(door.verify({ headers, body: Buffer.alloc(0), now }, secrets)).toBe(false)
      })

      test('opens for either of two live secrets, and for no other', async () => {
        const { headers, secrets, now, ...webhook } = await delivered(body)
        const request = { headers, body: Buffer.from(webhook.body), now }
        expect(door.verify(request, ['next', ...secrets])).toBe(true)
        expect(door.verify(request, [...secrets, 'former'])).toBe(true)
        expect(door.verify(request, ['next', 'former'])).toBe(false)
        expect(door.verify(request, [''])).toBe(false)
        expect(door.verify(request, [])).toBe(false)
      })

      test('stays shut when what signs is missing, doubled, cut, padded or rewritten', async () => {
        const { headers, secrets, now, ...webhook } = await delivered(body)
        const bytes = Buffer.from(webhook.body)
        const opens = (changed: Readonly<Record<string, string | undefined>>) =>
          door.verify({ headers: changed, body: bytes, now }, secrets)
        const signing = Object.keys(headers).filter((h) => !opens({ ...headers, [h]: undefined }))
        expect(signing).not.toHaveLength(0)

        for (const header of signing) {
          const value = headers[header] ?? ''
          for (const wrong of [
            undefined,
            '',
            ' ',
            `${value}, ${value}`,
            `${value},${value}`,
            value.slice(0, -1),
            value.slice(1),
            `${value}=`,
            ` ${value}`,
            'A'.repeat(44),
            'é'.repeat(44),
            'x'.repeat(100_000),
          ]) {
            expect(opens({ ...headers, [header]: wrong })).toBe(false)
          }
        }
        expect(opens({})).toBe(false)
      })
    })

  describe.each(Object.entries(channel.orders.effects))('its effect %s', (_name, effect) => {
    test('says how doing it twice is prevented', () => {
      expect(['key', 'lookup', 'none']).toContain(effect.safety.by)
      if (effect.safety.by !== 'none') expect(effect.look).toBeInstanceOf(Function)
      if (effect.safety.by === 'lookup') expect(effect.safety.lagSeconds).toBeGreaterThan(0)
    })
  })

  describe('its twin', () => {
    test.each(['', '<xml/>', '{', '[]', 'null', '{}', '{"line_items":[null]}'])(
      'refuses the order %j in its own words instead of throwing',
      async (body) => {
        const { made, world } = standIn()
        const reply = await made.takeOrder?.(body, true)
        if (reply) expect(reply.status === 422 || reply.status === 202).toBe(true)
        expect(() => made.state()).not.toThrow()
        expect(world.deliveries.length).toBeLessThanOrEqual(1)
      },
    )

    test('keeps an order with and without sending it, in a next life too', async () => {
      const { made, world } = standIn()
      await made.takeOrder?.(text(id, `${cases[0]}.wire.json`), false)
      expect(world.deliveries).toHaveLength(0)
      expect(made.state()['orders']).toHaveLength(1)
      expect(twin(memoryWorld(settings, world.documents)).state()).toEqual(made.state())
    })

    test.each(['/', '/nowhere', '/admin/../x', '?'])('answers %s as unknown', async (path) => {
      const { made } = standIn()
      const reply = await made.handle({ method: 'GET', path, headers: {}, body: '' })
      expect(reply.status).toBeGreaterThanOrEqual(400)
    })
  })
})

const ever = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' }

function orderIn(readings: Result<readonly Reading[], Failure>): Order | undefined {
  const [reading] = readings.ok ? readings.value : []
  return reading?.type === 'snapshot' ? reading.order : undefined
}

const capable = able(
  'amend-order',
  'amend-release',
  'cancel-release',
  'cancel-sale',
  'accept-order',
)

/** What a channel read, as the intake tells it to the ledger. */
function learned(story: Story, order: Result<Order | undefined, Failure>) {
  const fitting = order.ok ? read(Order, order.value) : order
  if (fitting.ok) return story.captured(fitting.value)
  const { error } = fitting
  return story.unreadable(error.next === 'except' ? error.code : 'overdue', error.reason)
}

const reasonsOf = ({ state }: Story) =>
  Object.values(state.exceptions)
    .map(({ reason }) => reason)
    .join('; ')

describe.each(channels.map((channel) => [channel.id, channel] as const))(
  '%s, when what it says cannot be true',
  (id, channel) => {
    const connection = ConnectionId.parse(`${id}/some`)
    const { whole, wrong } = impossibleBodies(id)

    /** The order in a body, by a door or by a sweep. */
    function orderIn(body: string): Result<Order | undefined, Failure> {
      const via = channel.sweep && channel.topics.length === 0 ? 'sweep' : 'webhook'
      const readings = channel.read({ connection, via, headers: {}, body, receivedAt: seconds(0) })
      if (!readings.ok) return readings
      const [reading] = readings.value
      return { ok: true, value: reading?.type === 'snapshot' ? reading.order : undefined }
    }

    function good(change: Partial<Order> = {}): Order {
      const order = orderIn(whole)
      if (!order.ok || !order.value) throw new Error('the recorded payload is no order')
      return { ...order.value, ...change }
    }

    test.each(wrong)('at first: $kind', ({ body, names }) => {
      const story = tellStory(capable)
      learned(story, orderIn(body))
      for (const name of names) expect(reasonsOf(story)).toContain(name)
      story.pass(86_400)
      expect(story.state.intents).toEqual({})
      expect(story.state.cancelledAt).toBeUndefined()
    })

    test.each(wrong)('after it is posted and released: $kind', ({ body, names }) => {
      const story = tellStory(capable)
      const { version } = good()
      story.captured(good({ version: new Date(Date.parse(version) - 1000).toISOString() }))
      story.did('create-order')
      story.did('release-order')
      const before = story.count('effect.requested')
      const { lines } = story.state

      learned(story, orderIn(body))
      for (const name of names) expect(reasonsOf(story)).toContain(name)
      story.pass(600)
      expect(story.count('effect.requested')).toBe(before)
      expect(story.state.lines).toEqual(lines)
      expect(story.state.cancelRequestedAt).toBeUndefined()

      const [first = lineOf(), ...others] = good().lines
      const more = { ...first, quantity: first.quantity + 1 }
      const later = new Date(Date.parse(version) + 1000).toISOString()
      const worth = first.unitPrice
      const total = good().total + worth
      story.captured(good({ version: later, lines: [more, ...others], total, currentTotal: total }))
      expect(
        Object.keys(story.state.exceptions).filter((key) => !key.startsWith('overdue')),
      ).toEqual([])
      expect(story.intent('amend-order')).toBe('pending')
      story.did('amend-order')
      expect(story.intent('amend-release')).toBe('pending')
    })

    test.each(casesIn(id, '.order.json'))('is believed when it says %s', (file) => {
      const order = Order.parse(fixture(id, `${file}.order.json`))
      const route = policy.route(order)
      const problems = problemsOf({ order, route, policy, state: unknownOrder(orderId) })
      expect(isImpossible(problems)).toBe(false)
    })
  },
)

describe.each(tried)('%s, asked for an order that cannot be true', (id, { channel, twin }) => {
  const connection = ConnectionId.parse(`${id}/some`)
  const { wrong } = impossibleBodies(id)
  // Vendors' APIs count whole units.
  const answerable = wrong.filter(({ kind }) => kind !== 'half a unit')

  test.each(answerable)('$kind', async ({ body, names }) => {
    const own = settingsOf(channel)
    const world = memoryWorld(own)
    const made = twin(world)
    await made.takeOrder?.(body, false)
    const account = twinAccount({
      connector: channel,
      connection,
      settings: own,
      twin: made,
      now: world.now,
    })
    const story = tellStory(capable)
    const answer = await channel.orders.fetchOrder?.(account, channel.orders.nameOf?.(body) ?? '')
    if (!answer) throw new Error(`${channel.id} cannot be asked for an order`)
    learned(story, answer)
    for (const name of names.slice(1)) expect(reasonsOf(story)).toContain(name)
    expect(story.state.intents).toEqual({})
  })
})
