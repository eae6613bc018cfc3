import { shipbob } from '../../connectors/shipbob/index.ts'
import { toRelease } from '../../connectors/shipbob/release-order.ts'
import { interpret } from '../../connectors/shipbob/responses.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { casesIn, requestOf } from '../support/fixtures.ts'
import { shipbobAccount, subjectOf } from '../support/shipbob.ts'

const effect = shipbob.fulfilment.effects['release-order'] as Required<Effect>

describe('the release of an order', () => {
  test.each(casesIn('shipbob', '.order.json'))('%s', (name) => {
    const release = toRelease(shipbobAccount().settings, subjectOf(name))
    expect(release).toEqual({
      ok: true,
      value: requestOf('shipbob', name),
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

  test('made twice is one order, which only a look-up takes for what it is', async () => {
    const { account, twin, world } = shipbobAccount()
    const subject = subjectOf('three-lines')
    const first = await effect.make(account, subject)
    world.lag = true
    expect(await effect.make(account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await effect.look(account, subject)).toEqual({ ok: true, value: undefined })
    world.lag = false
    expect(await effect.make(account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await effect.look(account, subject)).toEqual(first)
    expect(twin.state()['orders']).toHaveLength(1)
  })

  test('that was asked for in other quantities is found as it is: what it should be is another question', async () => {
    const { account } = shipbobAccount()
    const subject = subjectOf('three-lines')
    const first = await effect.make(account, subject)
    const fewer = { ...subject, lines: subject.lines.map(({ id }) => ({ id, quantity: 1 })) }
    expect(await effect.look(account, fewer)).toEqual(first)
  })

  test('that is cancelled at ShipBob cannot be taken for it', async () => {
    const { account, twin } = shipbobAccount()
    const subject = subjectOf('three-lines')
    await effect.make(account, subject)
    await twin.handle({
      method: 'POST',
      path: '/2026-01/order/300000001:cancel',
      headers: { authorization: `Bearer ${String(twin.secret['accessToken'])}` },
      body: '',
    })
    expect(await effect.look(account, subject)).toMatchObject({
      error: { next: 'except', code: 'effect-refused' },
    })
  })

  test('is another order in each round, under a reference that says the round', async () => {
    const { account, twin } = shipbobAccount()
    const subject = subjectOf('three-lines')
    await effect.make(account, subject)
    const second = { ...subject, round: 2 }
    expect(await effect.look(account, second)).toEqual({ ok: true, value: undefined })
    expect(await effect.make(account, second)).toMatchObject({ value: { id: '300000002' } })
    expect(await effect.look(account, second)).toMatchObject({ value: { id: '300000002' } })
    expect(await effect.look(account, subject)).toMatchObject({ value: { id: '300000001' } })
    expect(twin.state()['orders']).toMatchObject([
      { reference_id: subject.order.id },
      { reference_id: `${subject.order.id}.r2` },
    ])
  })

  test('has only what the warehouse is to send: no units that the channel sends itself', () => {
    const subject = subjectOf('three-lines')
    const [first, ...others] = subject.lines
    const lines = first ? [{ ...first, quantity: 0 }, ...others] : []
    const whole = toRelease(shipbobAccount().settings, subject)
    const rest = toRelease(shipbobAccount().settings, { ...subject, lines })
    const skus = (release: typeof whole) =>
      release.ok &&
      (release.value['products'] as { reference_id: string }[]).map((p) => p.reference_id)
    expect(skus(whole)).toEqual(['MUG-BLUE', 'TEE-M'])
    expect(skus(rest)).toEqual(['TEE-M'])
  })

  test('goes by the names that ShipBob has for articles and shipping methods', () => {
    const names = (kind: string, code: string) => (kind === 'sku' ? `SB-${code}` : `${code} there`)
    const subject = { ...subjectOf('three-lines'), names }
    expect(toRelease(shipbobAccount().settings, subject)).toMatchObject({
      value: {
        shipping_method: expect.stringMatching(/ there$/),
        products: [{ reference_id: 'SB-MUG-BLUE' }, { reference_id: 'SB-TEE-M' }],
      },
    })
  })

  test('spreads a bundle over its components, a SKU or none', () => {
    const subject = subjectOf('three-lines')
    const [first, ...others] = subject.lines
    const components = [
      { sku: 'CUP', quantity: 1 },
      { sku: 'SAUCER', quantity: 2 },
    ]
    const lines = first ? [{ ...first, components }, ...others] : []
    const release = toRelease(shipbobAccount().settings, { ...subject, lines })
    expect(release).toMatchObject({
      value: {
        products: [
          { reference_id: 'CUP', quantity: 2 },
          { reference_id: 'SAUCER', quantity: 4 },
          { reference_id: 'TEE-M' },
        ],
      },
    })
  })

  test('carries what the buyer wrote', () => {
    const { order, ...subject } = subjectOf('three-lines')
    const people = { ...order.people, note: ' Ring twice ' }
    expect(
      toRelease(shipbobAccount().settings, { ...subject, order: { ...order, people } }),
    ).toMatchObject({ value: { tags: [{ name: 'note', value: 'Ring twice' }] } })
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
    interpret(
      {
        status,
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      },
      'write',
    )

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
    [{ 'Alex Sample <alex@example.com>': ['?'] }, 'ShipBob refused it (422)'],
    ['', 'ShipBob refused it (422)'],
    [[], 'ShipBob refused it (422)'],
  ])('is an exception that names fields and quotes nothing: %j', (body, reason) => {
    expect(say(422, body)).toEqual({
      ok: false,
      error: { next: 'except', code: 'effect-refused', reason },
    })
  })

  test.each([
    ['25', 25],
    ['0', 1],
    ['soon', 60],
    ['86400', 60],
    [undefined, 60],
  ])('x-retry-after %s waits %s seconds', (after, seconds) => {
    const headers = after === undefined ? {} : { 'x-retry-after': after }
    expect(say(429, {}, headers)).toMatchObject({ error: { next: 'wait', seconds } })
  })
})
