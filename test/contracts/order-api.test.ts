import { existsSync } from 'node:fs'
import fc from 'fast-check'
import type { Connector } from '../../connectors/contract.ts'
import { connectors } from '../../connectors/index.ts'
import { mismatch } from '../../domain/order/sum.ts'
import { OrderSubmission } from '../../schemas/api/order-submission.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { casesIn, fixture, text } from '../support/fixtures.ts'

type Submitting = Connector & Required<Pick<Connector, 'orders' | 'read'>>

const submitting = connectors.filter((each): each is Submitting =>
  Boolean(each.orders?.submissions && each.read),
)

test('there is a channel whose orders are submitted', () => {
  expect(submitting.map(({ id }) => id)).toEqual(['order-api'])
})

describe.each(submitting.map((channel) => [channel.id, channel] as const))('%s', (id, channel) => {
  const connection = ConnectionId.parse(`${id}/point-of-sale`)
  const cases = casesIn(id, '.wire.json')
  const read = (body: string) =>
    channel.read({
      connection,
      via: 'webhook',
      headers: {},
      body,
      receivedAt: '2026-11-21T10:00:00.000Z',
    })

  test('has no system behind it: nothing to call, to be told by, to sweep or to ask', () => {
    expect(channel.hosts({})).toEqual([])
    expect(channel.topics).toEqual([])
    expect(channel.sweep).toBeUndefined()
    expect(channel.orders.effects).toEqual({})
    expect(existsSync(`twins/${id}/twin.ts`)).toBe(false)
    expect(existsSync(`connectors/${id}/README.md`)).toBe(true)
  })

  test('has at least eight recorded submissions', () => {
    expect(cases.length).toBeGreaterThanOrEqual(8)
  })

  test.each(cases)('maps %s to the order written beside it, in full and to the cent', (file) => {
    const order = Order.parse(fixture(id, `${file}.order.json`))
    expect(read(text(id, `${file}.wire.json`))).toEqual({
      ok: true,
      value: [{ type: 'snapshot', order }],
    })
    expect(Order.strict().parse(order)).toEqual(order)
    expect(mismatch(order)).toBeUndefined()
  })

  test('says nothing of what is left when every unit is taken back: then it is nothing', () => {
    const { currentTotal: _, ...gone } = JSON.parse(text(id, 'cancelled.wire.json'))
    expect(read(JSON.stringify(gone))).toMatchObject({
      ok: true,
      value: [{ order: { currentTotal: 0 } }],
    })
  })

  test.each(['{}', '[]', 'null', '0', '"text"', '', '{"__proto__":{"id":1}}', '['.repeat(200_000)])(
    'never throws on a hostile body (%#)',
    (body) => {
      expect(read(body)).toMatchObject({
        ok: false,
        error: { next: 'except', code: 'unreadable-payload' },
      })
      expect(() => channel.orders.nameOf?.(body)).not.toThrow()
    },
  )

  test('a damaged submission never throws and never says what is in it', () => {
    const whole = text(id, 'to-be-shipped.wire.json')
    for (let at = 0; at < whole.length; at += 23) {
      const readings = read(`${whole.slice(0, at)}null${whole.slice(at + 4)}`)
      if (!readings.ok) expect(readings.error.reason).not.toMatch(/example\.com|Sample/)
    }
  })

  test('names the order of a submission that it cannot read', () => {
    expect(channel.orders.nameOf?.('{"id":"R-7","lines":[]}')).toBe('R-7')
    expect(channel.orders.nameOf?.('{"lines":[]}')).toBeUndefined()
  })
})

describe('a submission', () => {
  const whole = () => JSON.parse(text('order-api', 'to-be-shipped.wire.json'))
  const wrong = (change: (submission: ReturnType<typeof whole>) => void) => {
    const submission = whole()
    change(submission)
    const judged = OrderSubmission.safeParse(submission)
    return judged.success
      ? []
      : judged.error.issues.map(({ path, message }) => [path.join('.'), message])
  }

  test('is refused for a part smaller than the unit of its currency, and for nothing smaller that is nought', () => {
    expect(wrong((s) => Object.assign(s.lines[0], { unitPrice: '12.505' }))).toEqual([
      [
        'lines.0.unitPrice',
        'write at most 2 digits after the decimal point: EUR has no smaller unit',
      ],
    ])
    expect(wrong((s) => Object.assign(s, { currency: 'JPY', total: '37.9' }))).toContainEqual([
      'total',
      'write a whole amount: JPY has no smaller unit',
    ])
    expect(wrong((s) => Object.assign(s.lines[0], { unitPrice: '12.5000' }))).toEqual([])
  })

  test.each([12.5, '12,50', '-1', '1e3', '', ' 1', '9'.repeat(12)])(
    'is refused for the amount %j',
    (total) => {
      expect(wrong((s) => Object.assign(s, { total }))).toHaveLength(1)
    },
  )

  test('is refused for a field that nobody reads, however deep', () => {
    expect(wrong((s) => Object.assign(s.people.shipTo, { zip: '01234' }))).toHaveLength(1)
    expect(wrong((s) => Object.assign(s, { totel: '1' }))).toHaveLength(1)
  })

  test('has moments of any zone, which are one moment in UTC', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (at) => {
        const shifted = new Date(at.getTime() + 5.5 * 3_600_000).toISOString()
        const placedAt = shifted.replace('Z', '+05:30')
        const { data } = OrderSubmission.safeParse({ ...whole(), placedAt })
        expect(data?.placedAt).toBe(at.toISOString())
      }),
    )
  })
})
