import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { connectors } from '../../connectors/index.ts'
import { parseJson } from '../../domain/parse.ts'
import type { Delivery } from '../../domain/reading.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { text } from '../support/fixtures.ts'
import { spoilt, unbearable } from '../support/hostile.ts'
import { tries } from '../support/laws.ts'

const tried = connectors.flatMap((connector) => {
  const { id, read } = connector
  const folder = join(import.meta.dirname, '../../connectors', id, 'fixtures')
  if (!read || !existsSync(folder)) return []
  const bodies = readdirSync(folder)
    .filter((file) => file.endsWith('.wire.json'))
    .map((file) => text(id, file))
  return [[id, { read, topics: connector.topics, bodies }] as const]
})

test('every connector that is told something is tried', () => {
  const told = connectors.filter(({ topics }) => topics.length > 0)
  expect(tried.map(([id]) => id)).toEqual(expect.arrayContaining(told.map(({ id }) => id)))
})

describe.each(tried)('what %s may be told', (id, { read, topics, bodies }) => {
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
          if (reading.type === 'snapshot') Order.strict().parse(reading.order)
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
