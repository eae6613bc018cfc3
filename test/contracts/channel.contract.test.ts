import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { channels } from '../../channels/index.ts'
import type { Door } from '../../domain/door.ts'
import type { Delivery } from '../../domain/plug.ts'
import type { MakeTwin } from '../../domain/twin.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { twinAccount } from '../support/account.ts'
import { casesIn, fixture, foldersOf, text } from '../support/fixtures.ts'
import { memoryWorld } from '../support/twin-world.ts'

const root = join(import.meta.dirname, '../..')

test('every folder under channels/ is registered, and nothing else is', () => {
  expect(channels.map((channel) => channel.id).toSorted()).toEqual(foldersOf('channels'))
})

/** Those that have a system to call; what submits its orders has neither door nor twin (direct.test.ts). */
const vendors = channels.filter(({ submissions }) => !submissions)
const plugs = await Promise.all(
  vendors.map(async (channel) => {
    const folder = `../../channels/${channel.id}`
    const hasDoor = existsSync(join(import.meta.dirname, folder, 'verify.ts'))
    const { door } = hasDoor ? ((await import(`${folder}/verify.ts`)) as { door: Door }) : {}
    const { twin } = (await import(`${folder}/twin.ts`)) as { twin: MakeTwin }
    return [channel.id, { channel, door, twin }] as const
  }),
)

/** A plug that the demo does not connect is tried as the example has it. */
const written = ['demo', 'example'].flatMap((environment) => {
  const file = readFileSync(join(root, `settings/${environment}.json`), 'utf8')
  return Object.entries(
    (JSON.parse(file) as { connections: Record<string, Record<string, unknown>> }).connections,
  )
})

describe.each(plugs)('%s', (id, { channel, door, twin }) => {
  const [name = '', fields = {}] =
    written.find(([connection]) => connection.startsWith(`${id}/`)) ?? []
  const connection = ConnectionId.parse(name)
  const own = Object.keys(channel.settings.shape)
  const settings = channel.settings.parse(
    Object.fromEntries(Object.entries(fields).filter(([field]) => own.includes(field))),
  )
  const cases = casesIn('channels', id, '.wire.json')
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
    const account = twinAccount({ plug: channel, connection, settings, twin: made, now })
    const ever = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' }
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
    expect(channel).toMatchObject({ kind: 'channel', id })
    expect(channel.title).not.toBe('')
    expect(channel.hosts(settings)).not.toHaveLength(0)
    expect(channel.maxConcurrency).toBeGreaterThanOrEqual(2)
    expect(existsSync(join(root, 'channels', id, 'README.md'))).toBe(true)
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
    const order = Order.parse(fixture('channels', id, `${file}.order.json`))
    const { body, headers } = await delivered(text('channels', id, `${file}.wire.json`))
    expect(channel.read(delivery(body, headers))).toEqual({
      ok: true,
      value: [{ says: 'snapshot', order }],
    })
  })

  test.each(cases)('maps %s to an order that the schema knows in full', async (file) => {
    const { body, headers } = await delivered(text('channels', id, `${file}.wire.json`))
    const readings = channel.read(delivery(body, headers))
    const [reading] = readings.ok ? readings.value : []
    if (reading?.says !== 'snapshot') throw new Error('no snapshot')
    expect(Order.strict().parse(reading.order)).toEqual(reading.order)
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
        if (readings.ok) expect(readings.value.every(({ says }) => says !== 'snapshot')).toBe(true)
        else expect(readings.error).toMatchObject({ next: 'except', code: 'unreadable-payload' })
      }
    }
    expect(() => channel.nameOf?.(body)).not.toThrow()
  })

  test('a cut or damaged body never throws and never says what is in it', async () => {
    const wire = text('channels', id, `${cases[0]}.wire.json`)
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
      const body = text('channels', id, `${cases[0]}.wire.json`)

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

  describe.each(Object.entries(channel.effects))('its effect %s', (_name, effect) => {
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
      await made.takeOrder?.(text('channels', id, `${cases[0]}.wire.json`), false)
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
