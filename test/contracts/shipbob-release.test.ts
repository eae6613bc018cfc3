import { shipbob } from '../../connectors/shipbob/index.ts'
import { interpret } from '../../connectors/shipbob/interpret.ts'
import { toRelease } from '../../connectors/shipbob/to-release.ts'
import type { Effect, Subject } from '../../domain/plug.ts'
import { casesIn, fixture } from '../support/fixtures.ts'
import { shipbobAccount, subjectOf } from '../support/shipbob.ts'

const effect = shipbob.effects['release-order'] as Required<Effect>

describe('the release of an order', () => {
  test.each(casesIn('connectors', 'shipbob', '.order.json'))('%s', (name) => {
    const release = toRelease(shipbobAccount().settings, subjectOf(name))
    expect(release).toEqual({
      ok: true,
      value: fixture('connectors', 'shipbob', `${name}.request.json`),
    })
  })

  test.each([
    ['no address', { people: {} }, 'missing-address', 'the order has no shipping address'],
    [
      'half an address',
      { people: { shipTo: { name: ' ', address1: '', city: 'Springfield', countryCode: 'US' } } },
      'missing-address',
      'the shipping address has no name, address1',
    ],
  ] as const)('%s is an exception', (_name, change, code, reason) => {
    const release = toRelease(shipbobAccount().settings, subjectOf('three-lines', change))
    expect(release).toEqual({ ok: false, error: { next: 'except', code, reason } })
  })

  test('a line to be shipped without a sku is an exception; one that is not to be shipped is not', () => {
    const subject = subjectOf('three-lines')
    const without = (id: string): Subject => ({
      ...subject,
      order: {
        ...subject.order,
        lines: subject.order.lines.map((line) =>
          line.id === id ? { ...line, sku: undefined } : line,
        ) as typeof subject.order.lines,
      },
    })
    const { settings } = shipbobAccount()
    expect(toRelease(settings, without('13'))).toMatchObject({
      ok: false,
      error: { code: 'missing-sku' },
    })
    expect(toRelease(settings, without('14')).ok).toBe(true)
  })

  test('makes one order, and says what ShipBob calls it', async () => {
    const { account, twin } = shipbobAccount()
    const made = await effect.make(account, subjectOf('three-lines'))
    expect(made).toEqual({ ok: true, value: { id: '300000001', number: '#1001' } })
    expect(twin.state()['orders']).toHaveLength(1)
    expect(account.calls[0]).toMatchObject({
      kind: 'write',
      url: 'https://api.shipbob.com/2026-01/order',
    })
  })

  test('a lost answer is in doubt, and the look-up finds what was made', async () => {
    const { account, twin } = shipbobAccount()
    const subject = subjectOf('three-lines')
    account.misbehave('commit-then-drop')
    expect(await effect.make(account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await effect.look(account, subject)).toEqual({
      ok: true,
      value: { id: '300000001', number: '#1001' },
    })
    expect(twin.state()['orders']).toHaveLength(1)
  })

  test('a lost request is in doubt too, and the look-up finds nothing', async () => {
    const { account } = shipbobAccount()
    const subject = subjectOf('three-lines')
    account.misbehave('drop')
    expect(await effect.make(account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await effect.look(account, subject)).toEqual({ ok: true, value: undefined })
  })

  test('made twice is one order, even while the list lags', async () => {
    const { account, twin, world } = shipbobAccount()
    const subject = subjectOf('three-lines')
    const first = await effect.make(account, subject)
    world.lag = true
    expect(await effect.make(account, subject)).toMatchObject({ error: { next: 'retry' } })
    world.lag = false
    expect(await effect.make(account, subject)).toEqual(first)
    expect(twin.state()['orders']).toHaveLength(1)
  })

  test('an order that ShipBob holds with other quantities is an exception, not a success', async () => {
    const { account } = shipbobAccount()
    const subject = subjectOf('three-lines')
    await effect.make(account, subject)
    const fewer = { ...subject, lines: subject.lines.map(({ id }) => ({ id, quantity: 1 })) }
    const refusal = { error: { next: 'except', code: 'amended-after-posting' } }
    expect(await effect.make(account, fewer)).toMatchObject(refusal)
    expect(await effect.look(account, fewer)).toMatchObject(refusal)
  })

  test('a cancelled order cannot be released again', async () => {
    const { account, twin } = shipbobAccount()
    const subject = subjectOf('three-lines')
    await effect.make(account, subject)
    await twin.handle({
      method: 'POST',
      path: '/2026-01/order/300000001:cancel',
      headers: { authorization: `Bearer ${String(twin.secret['accessToken'])}` },
      body: '',
    })
    expect(await effect.make(account, subject)).toMatchObject({
      error: { next: 'except', code: 'effect-refused' },
    })
  })

  test.each([
    ['throttle', 'wait', 'wait'],
    ['unavailable', 'doubt', 'retry'],
    ['html', 'doubt', 'retry'],
  ] as const)('%s: a write is %s, a read is %s', async (how, write, read) => {
    const { account } = shipbobAccount()
    account.misbehave(how, { times: 2 })
    expect(await effect.make(account, subjectOf('three-lines'))).toMatchObject({
      error: { next: write },
    })
    expect(await effect.look(account, subjectOf('three-lines'))).toMatchObject({
      error: { next: read },
    })
  })

  test('a wrong token halts the connection, a missing one as well', async () => {
    for (const secret of [{ accessToken: 'wrong' }, {}, null]) {
      const { account } = shipbobAccount()
      const other = { ...account, secret: async () => secret }
      expect(await effect.make(other, subjectOf('three-lines'))).toMatchObject({
        error: { next: 'halt' },
      })
    }
  })
})

describe('a refusal', () => {
  const say = (status: number, body: unknown, headers = {}) =>
    interpret('write', {
      status,
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  test.each([
    { '': ['Cannot insert order with existing ReferenceId'] },
    { errors: ['An order with reference_id x already exists'] },
    { title: 'One or more errors', errors: { ReferenceId: ['Duplicate reference id'] } },
  ])('is a duplicate: %j', (body) => {
    expect(say(422, body)).toMatchObject({ error: { next: 'ignore' } })
  })

  test.each([
    [
      { 'Recipient.Address.City': ['Springfield is no city'] },
      'ShipBob refused it (422): Recipient.Address.City',
    ],
    [
      { errors: ['The shipping method Foo is not mapped'] },
      'ShipBob refused it (422): shipping_method',
    ],
    [
      { errors: { 'Products[0].Quantity': ['must be positive'] }, title: 'x' },
      'ShipBob refused it (422): Products[0].Quantity',
    ],
    [
      { 'Products[0].ReferenceId': ['ReferenceId already exists'] },
      'ShipBob refused it (422): Products[0].ReferenceId',
    ],
    [
      { 'Alex Sample <alex@example.com>': ['?'] },
      'ShipBob refused it (422) without naming a field',
    ],
    ['', 'ShipBob refused it (422) without naming a field'],
    [[], 'ShipBob refused it (422) without naming a field'],
  ])('is an exception that names fields and quotes nothing: %j', (body, reason) => {
    expect(say(422, body)).toEqual({
      ok: false,
      error: { next: 'except', code: 'effect-refused', reason },
    })
  })

  test.each([
    ['25', 25],
    ['0', 60],
    ['soon', 60],
    ['86400', 60],
    [undefined, 60],
  ])('x-retry-after %s waits %s seconds', (after, seconds) => {
    const headers = after === undefined ? {} : { 'x-retry-after': after }
    expect(say(429, {}, headers)).toMatchObject({ error: { next: 'wait', seconds } })
  })
})
