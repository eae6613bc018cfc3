import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { channels } from '../../channels/index.ts'
import { connectors } from '../../connectors/index.ts'
import { parseJson } from '../../domain/parse.ts'
import type { Delivery } from '../../domain/plug.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { text } from '../support/fixtures.ts'
import { tries } from '../support/laws.ts'

/** JSON that somebody may put where a vendor has a value. */
const hostile = [
  '1e400',
  '-1e400',
  '-0',
  '1e-400',
  '9007199254740993',
  `${'9'.repeat(400)}`,
  `1${'0'.repeat(400)}.5`,
  '0.1e1',
  '"1e400"',
  '"NaN"',
  '"-Infinity"',
  '"\\ud800"',
  '"a\\udc00b"',
  '"\\u0000\\u0008\\u001b[31m"',
  '"\\uFFFE\\uffff"',
  '"\\u202Egnp.exe\\u2066"',
  '"\u202egnp.exe"',
  '"\ufeff"',
  '"=HYPERLINK(\\"x\\")"',
  `"${'x'.repeat(20_000)}"`,
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"toString":1,"valueOf":1,"toJSON":1,"then":1}',
  '1,"__proto__":{"isAdmin":true}',
  '1,"id":1,"id":2',
  `${'['.repeat(63)}${']'.repeat(63)}`,
  `${'['.repeat(90)}${']'.repeat(90)}`,
  '[]',
  '{}',
  'null',
  'true',
  '[null]',
  '""',
  '"2026-02-31T25:61:61Z"',
  '"+275760-09-13T00:00:00.001Z"',
]

const plugs = [
  ...channels.map((plug) => ['channels', plug] as const),
  ...connectors.map((plug) => ['connectors', plug] as const),
].flatMap(([room, plug]) => {
  const { id, read } = plug
  const folder = join(import.meta.dirname, '../..', room, id, 'fixtures')
  if (!read || !existsSync(folder)) return []
  const bodies = readdirSync(folder)
    .filter((file) => file.endsWith('.wire.json'))
    .map((file) => text(room, id, file))
  return [[id, { read, topics: plug.topics, bodies }] as const]
})

test('every plug that is told something is tried', () => {
  const told = [...channels, ...connectors].filter(({ topics }) => topics.length > 0)
  expect(plugs.map(([id]) => id)).toEqual(expect.arrayContaining(told.map(({ id }) => id)))
})

describe.each(plugs)('what %s may be told', (id, { read, topics, bodies }) => {
  const connection = ConnectionId.parse(`${id}/somewhere`)
  const deliveries = fc
    .record({
      body: fc.oneof(...bodies.map(spoilt)),
      topic: fc.constantFrom(...topics, '__proto__', ''),
      via: fc.constantFrom('webhook', 'sweep'),
    })
    .map(({ body, topic, via }): Delivery => {
      const headers = { 'x-shopify-topic': topic, 'x-webhook-topic': topic, 'webhook-id': 'msg_1' }
      return { connection, via, headers, body, receivedAt: '2026-11-21T10:00:00.000Z' }
    })

  test('is read or refused in words, and spoils nothing else', () => {
    fc.assert(
      fc.property(deliveries, (delivery) => {
        const readings = read(delivery)
        expect(Reflect.get({}, 'isAdmin')).toBeUndefined()
        if (!readings.ok) {
          expect(readings.error).toMatchObject({ next: 'except', code: 'unreadable-payload' })
          expect(readings.error.reason.length).toBeLessThan(20_000)
          return
        }
        for (const reading of readings.value) {
          expect(unbearable(reading)).toEqual([])
          if (reading.says === 'snapshot') Order.strict().parse(reading.order)
        }
      }),
      tries(500),
    )
  })
})

test('what is spoilt is so: a law that meets nothing proves nothing', () => {
  const body = '{"a":{"b":[1,"x"]}}'
  const all = fc.sample(spoilt(body), { numRuns: 300, seed: 1 })
  expect(all.filter((one) => one !== body).length).toBeGreaterThan(250)
  expect(all.filter((one) => parseJson(one).ok).length).toBeGreaterThan(200)
  expect(unbearable({ a: ['\u202e', { b: Number.POSITIVE_INFINITY }, 'x\u0000'] })).toHaveLength(3)
})

/** A body in which one or two of its values, at any depth, are something else. */
function spoilt(body: string): fc.Arbitrary<string> {
  const places = placesIn(JSON.parse(body))
  const one = fc.tuple(fc.constantFrom(...places), fc.constantFrom(...hostile))
  return fc.array(one, { minLength: 1, maxLength: 2 }).map((changes) =>
    changes.reduce((text, [place, value], i) => {
      const marked = marking(text, place, `@@${i}@@`)
      return marked.replace(`"@@${i}@@"`, () => value)
    }, body),
  )
}

type Place = readonly (string | number)[]

function placesIn(value: unknown, above: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [above]
  const below = Object.keys(value).flatMap((name) =>
    placesIn(Reflect.get(value, name), [...above, Array.isArray(value) ? Number(name) : name]),
  )
  return above.length === 0 ? below : [above, ...below]
}

/** The text with a mark in place of one value; as it was where an earlier change has left no such place. */
function marking(text: string, place: Place, mark: string): string {
  try {
    const whole: unknown = JSON.parse(text)
    const holder = place
      .slice(0, -1)
      .reduce<unknown>((at, name) => Reflect.get(Object(at), name), whole)
    if (typeof holder === 'object' && holder) Reflect.set(holder, place.at(-1) ?? '', mark)
    return JSON.stringify(whole)
  } catch {
    return text
  }
}

/** Values in a reading that a table, a document or a label cannot bear. */
function unbearable(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [value]
  if (typeof value === 'string') {
    const wrong = /(?![\t\n\r\u007f-\u009f])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u
    return value.isWellFormed() && !wrong.test(value) ? [] : [value]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(unbearable)
}
