import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { netsuite } from '../../connectors/netsuite/index.ts'
import type { Call } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Result } from '../../domain/result.ts'
import { Order } from '../../schemas/canonical/order.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { isWrite, netsuiteAccount, subjectOf } from '../support/netsuite.ts'
import { memoryDocuments } from '../support/twin-world.ts'

function effect(name: 'create-order' | 'cancel-order' | 'post-shipment') {
  const found = netsuite.accounting.effects[name]
  if (!found?.look) throw new Error(`${name} cannot be looked up`)
  return { make: found.make, look: found.look }
}
const create = effect('create-order')
const cancel = effect('cancel-order')
const post = effect('post-shipment')

const writes = (path: string) => (call: Call) => isWrite(call) && call.url.endsWith(path)
const reads = (path: string) => (call: Call) => !isWrite(call) && call.url.includes(path)

type Stage = ReturnType<typeof netsuiteAccount>

const ordersOf = ({ twin }: Stage) =>
  (twin.state()['salesOrders'] ?? []) as readonly {
    id: string
    total: number
    orderStatus: { refName: string }
    item: { items: { line: number; isClosed: boolean; quantityFulfilled: number }[] }
  }[]

/** What the core does with an effect that is in doubt: it looks, and only then makes. */
async function untilDone(stage: Stage, subject: Subject, rounds = 6): Promise<unknown> {
  const worker = stage.worker()
  for (let round = 0; round < rounds; round++) {
    const found = await create.look(worker, subject)
    if (found.ok && found.value) return found.value
    if (!found.ok) continue
    const made = await create.make(worker, subject)
    if (made.ok) return made.value
    if (made.error.next !== 'doubt' && made.error.next !== 'retry') return made.error
  }
  return 'not done'
}

describe('an order', () => {
  const subject = subjectOf('discounts-shipping-tax')

  test('is posted once, with its lines and its total to the cent', async () => {
    const stage = netsuiteAccount()
    expect(await create.make(stage.account, subject)).toEqual({
      ok: true,
      value: { id: '1001', number: 'SO1001' },
    })
    expect(ordersOf(stage)).toMatchObject([
      {
        externalId: subject.order.id,
        otherRefNum: '#1002',
        memo: 'shopify/demo-store, 95.19 USD',
        total: 95.19,
      },
    ])
    expect(await create.look(stage.account, subject)).toMatchObject({ value: { number: 'SO1001' } })
  })

  test.each([
    ['creating the customer', 'customer'],
    ['creating the order', 'salesOrder'],
  ])('is posted once though the answer to %s is lost', async (_, path) => {
    const stage = netsuiteAccount()
    stage.account.misbehave('commit-then-drop', { which: writes(path) })
    expect(await create.make(stage.account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await untilDone(stage, subject)).toEqual({ id: '1001', number: 'SO1001' })
    expect(ordersOf(stage)).toMatchObject([{ total: 95.19 }])
    expect(stage.twin.state()['customers']).toHaveLength(1)
  })

  test('is posted once though reading it back failed', async () => {
    const stage = netsuiteAccount()
    stage.account.misbehave('unavailable', { which: reads('fields=id,tranId,total') })
    expect(await create.make(stage.account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await untilDone(stage, subject)).toEqual({ id: '1001', number: 'SO1001' })
    expect(ordersOf(stage)).toHaveLength(1)
  })

  test('is posted once though look-ups do not show it yet', async () => {
    const stage = netsuiteAccount()
    stage.account.misbehave('commit-then-drop', { which: writes('salesOrder') })
    await create.make(stage.account, subject)
    stage.world.lag = true
    expect(await create.look(stage.account, subject)).toEqual({ ok: true, value: undefined })
    expect(await create.make(stage.account, subject)).toMatchObject({ error: { next: 'retry' } })
    expect(await untilDone(stage, subject)).toBe('not done')
    stage.world.clock = new Date(stage.world.clock.getTime() + 11_000)
    expect(await untilDone(stage, subject)).toEqual({ id: '1001', number: 'SO1001' })
    expect(ordersOf(stage)).toMatchObject([{ total: 95.19, item: { items: { length: 9 } } }])
  })

  test('that NetSuite has and does not show is in doubt, not made again', async () => {
    const stage = netsuiteAccount({ settings: { customer: '77' } })
    await create.make(stage.account, subject)
    stage.world.lag = true
    expect(await create.make(stage.worker(), subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(ordersOf(stage)).toMatchObject([{ total: 95.19 }])
  })

  test('is one order with the right lines when many workers post it at once, lagging or not', async () => {
    for (const lag of [false, true]) {
      const stage = netsuiteAccount()
      stage.world.lag = lag
      const made = await Promise.all(
        Array.from({ length: 6 }, () => create.make(stage.worker(), subject)),
      )
      expect(made.filter(({ ok }) => ok).length).toBeGreaterThan(0)
      expect(made.filter((m) => !m.ok && !['doubt', 'retry'].includes(m.error.next))).toEqual([])
      expect(ordersOf(stage)).toMatchObject([{ total: 95.19, item: { items: { length: 9 } } }])
      expect(stage.twin.state()['customers']).toHaveLength(1)
    }
  })

  test('is one order whatever goes wrong on the way', async () => {
    const how = fc.constantFrom('commit-then-drop', 'drop', 'throttle', 'unavailable', 'html')
    const plan = fc.array(fc.option(how), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(plan, fc.boolean(), async (plans, lag) => {
        const stage = netsuiteAccount()
        stage.world.lag = lag
        for (let n = 0; n < 30 && ordersOf(stage).length < 2; n++) {
          const worker = stage.worker()
          const next = plans.shift()
          if (next) worker.misbehave(next, { which: skip(n % 4) })
          const found = await create.look(worker, subject)
          if (found.ok && found.value) break
          if (found.ok) await create.make(worker, subject)
          stage.world.clock = new Date(stage.world.clock.getTime() + 2000)
        }
        expect(ordersOf(stage)).toMatchObject([{ total: 95.19, item: { items: { length: 9 } } }])
        expect(stage.twin.state()['customers']).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })

  test('with an unknown item is refused by name and path, and made when the item exists', async () => {
    const stage = netsuiteAccount()
    stage.world.documents.put('unknownItem', 'SKU-12', true)
    expect(await create.make(stage.account, subject)).toMatchObject({
      error: {
        next: 'except',
        code: 'effect-refused',
        reason: expect.stringMatching(/item\.items\[2\]\.item .*SKU-12/),
      },
    })
    expect(ordersOf(stage)).toEqual([])
    stage.world.documents.put('unknownItem', 'SKU-12', false)
    expect(await create.make(stage.account, subject)).toMatchObject({ ok: true })
  })

  test('that NetSuite totals otherwise stands, and says the cent', async () => {
    const stage = netsuiteAccount()
    const differs = 'NetSuite makes 95.2 of 95.19 USD in sales order SO1001'
    const stands = { ok: true, value: { id: '1001', number: 'SO1001', differs } }
    const taxed = totalling(stage, '95.2')
    expect(await create.make(taxed, subject)).toEqual(stands)
    expect(await create.look(taxed, subject)).toEqual(stands)
    expect(await create.look(stage.account, subject)).toEqual({
      ok: true,
      value: { id: '1001', number: 'SO1001' },
    })
  })

  test('that was asked for in other terms is compared with those it was asked for', async () => {
    const stage = netsuiteAccount()
    stage.account.misbehave('commit-then-drop', { which: writes('salesOrder') })
    await create.make(stage.account, subject)
    const fewer = { ...subject, lines: subject.lines.map((line) => ({ ...line, quantity: 1 })) }
    const { value: found } = await value(create.look(stage.account, fewer))
    expect(found).toEqual({ id: '1001', number: 'SO1001' })
    const { value: taxed } = await value(create.look(totalling(stage, '95.2'), fewer))
    expect(taxed).toMatchObject({ differs: expect.stringContaining('95.2 of 95.19 USD') })
  })

  test('that is there although it was just posted is taken for what an earlier attempt asked', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    expect(await create.make(stage.account, subject)).toMatchObject({ error: { next: 'doubt' } })
  })

  test('whose memo people wrote anew is not compared', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    await stage.ask('PATCH', 'salesOrder/1001', { memo: 'called the customer, 10 USD off' })
    const { value: found } = await value(create.look(totalling(stage, '95.2'), subject))
    expect(found).toEqual({ id: '1001', number: 'SO1001' })
  })

  test('goes under the names that the account has for its articles and its customer', async () => {
    const stage = netsuiteAccount()
    const names = (kind: string, code: string) =>
      ({ sku: `NS-${code}`, customer: '77' })[kind] ?? code
    const one = netsuiteAccount({ settings: { customer: '77' } })
    await create.make(one.account, { ...subject, names })
    const sent = JSON.parse(one.account.calls.findLast(isWrite)?.body ?? '')
    expect(sent.entity).toEqual({ id: '77' })
    expect(sent.item.items[0].item).toEqual({ externalId: 'NS-SKU-11' })
    expect(await create.make(stage.account, { ...subject, names })).toMatchObject({
      error: { code: 'effect-refused', reason: expect.stringContaining('Customer') },
    })
  })

  test('has the lines that the channel fulfils itself too', async () => {
    const stage = netsuiteAccount()
    const lines = subject.order.lines.map((line) => ({ ...line, fulfilledByChannel: true }))
    const order = Order.parse({ ...subject.order, lines })
    await create.make(stage.account, { ...subject, order })
    expect(ordersOf(stage)).toMatchObject([{ total: 95.19, item: { items: { length: 9 } } }])
  })

  test('leaves the customer of an earlier order as people keep it', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    await stage.ask('PATCH', 'customer/301', { email: 'kept@example.com' })
    await create.make(stage.account, subjectOf('plain'))
    expect(stage.twin.state()['customers']).toMatchObject([{ email: 'kept@example.com' }])
  })

  test('of a guest has a customer of its own, and one customer for all is a setting', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subjectOf('gift-card-duties-guest'))
    expect(stage.twin.state()['customers']).toMatchObject([
      { externalId: 'shopify_demo-store_g5000000000001004', firstName: '-', lastName: 'Recipient' },
    ])
    const one = netsuiteAccount({ settings: { customer: '77' } })
    await create.make(one.account, subject)
    expect(one.twin.state()).toMatchObject({
      customers: [],
      salesOrders: [{ entity: { id: '77' } }],
    })
  })
})

describe('what makes PUT dangerous', () => {
  test('a second PUT doubles the lines, unless it replaces them; a second POST is refused', async () => {
    const stage = netsuiteAccount({ settings: { customer: '77' } })
    const subject = subjectOf('plain')
    await create.make(stage.account, subject)
    const body = JSON.parse(stage.account.calls.filter(isWrite).at(-1)?.body ?? '')
    const put = `salesOrder/eid:${subject.order.id}`

    expect(await stage.ask('PUT', `${put}?replace=item`, body)).toMatchObject({ status: 204 })
    expect(ordersOf(stage)).toMatchObject([{ total: 10 }])
    expect(await stage.ask('POST', 'salesOrder', body)).toMatchObject({ status: 400 })
    expect(ordersOf(stage)).toMatchObject([{ total: 10 }])
    expect(await stage.ask('PUT', put, body)).toMatchObject({ status: 204 })
    expect(ordersOf(stage)).toMatchObject([{ total: 20 }])
  })
})

describe('a cancellation', () => {
  const subject = subjectOf('discounts-shipping-tax')

  test('closes every line, once', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    expect(await cancel.look(stage.account, subject)).toEqual({ ok: true, value: undefined })
    expect(await cancel.make(stage.account, subject)).toMatchObject({ value: { number: 'SO1001' } })
    expect(ordersOf(stage)).toMatchObject([{ orderStatus: { refName: 'Closed' }, total: 95.19 }])
    expect(await cancel.look(stage.account, subject)).toMatchObject({ value: { id: '1001' } })
  })

  test('of an order that left in part is an exception', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    await post.make(stage.account, { ...subject, shipment: parcel('1', [['12', 1]]) })
    expect(await cancel.make(stage.account, subject)).toMatchObject({
      error: { code: 'already-fulfilled' },
    })
  })

  test('of an order that NetSuite does not have says so', async () => {
    const { account } = netsuiteAccount()
    expect(await cancel.make(account, subject)).toMatchObject({
      error: { code: 'order-not-found' },
    })
  })

  test('needs no index where the internal id is known', async () => {
    const stage = netsuiteAccount()
    const made = await create.make(stage.account, subject)
    stage.world.lag = true
    const references = made.ok ? { erp: made.value } : {}
    expect(await cancel.make(stage.account, { ...subject, references })).toMatchObject({ ok: true })
  })
})

const parcel = (id: string, lines: readonly (readonly [string, number])[]): Shipment => ({
  id,
  lines: lines.map(([lineId, quantity]) => ({ id: lineId, quantity })),
  carrier: 'UPS',
  trackingNumber: `1Z${id}`,
  shippedAt: '2026-11-21T09:30:00.000Z',
})

describe('a shipment', () => {
  const subject = subjectOf('discounts-shipping-tax')
  const fulfilled = (stage: Stage) =>
    ordersOf(stage)[0]?.item.items.map(({ quantityFulfilled }) => quantityFulfilled)

  test('fulfils what left and nothing else, parcel by parcel', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    const first = await post.make(stage.account, { ...subject, shipment: parcel('1', [['11', 1]]) })
    expect(first).toEqual({ ok: true, value: { id: '7001', number: 'IF7001' } })
    expect(fulfilled(stage)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(ordersOf(stage)).toMatchObject([{ orderStatus: { refName: 'Partially Fulfilled' } }])

    const rest = parcel('2', [
      ['11', 1],
      ['12', 1],
    ])
    await post.make(stage.account, { ...subject, shipment: rest })
    expect(fulfilled(stage)).toEqual([2, 0, 1, 0, 0, 0, 0, 0, 0])
    expect(stage.twin.state()['itemFulfillments']).toMatchObject([
      {
        externalId: `${subject.order.id}_1`,
        shipStatus: { id: 'C' },
        package: { items: [{ packageTrackingNumber: '1Z1', packageDescr: 'UPS' }] },
        item: { items: [{ orderLine: 1, quantity: 1 }] },
      },
      {
        item: {
          items: [
            { orderLine: 1, quantity: 1 },
            { orderLine: 3, quantity: 1 },
          ],
        },
      },
    ])
  })

  test('says carrier and place by the names that the account has for them', async () => {
    const stage = netsuiteAccount({ settings: { location: '2' } })
    await create.make(stage.account, subject)
    const names = (kind: string, code: string) =>
      ({ carrier: 'United Parcel', location: code === '8' ? '31' : code })[kind] ?? code
    const sent = async (id: string, location: string) => {
      const shipment = { ...parcel(id, [['11', 1]]), location }
      expect(await post.make(stage.account, { ...subject, names, shipment })).toMatchObject({
        ok: true,
      })
      return JSON.parse(stage.account.calls.findLast(isWrite)?.body ?? '')
    }
    expect(await sent('1', '8')).toMatchObject({
      item: { items: [{ orderLine: 1, location: { id: '31' } }, { itemReceive: false }] },
      package: { items: [{ packageDescr: 'United Parcel' }] },
    })
    expect(await sent('2', '9')).toMatchObject({
      item: { items: [{ location: { id: '2' } }, { itemReceive: false }] },
    })
  })

  test('is posted once though its answer is lost, it is not shown, and workers race', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    stage.world.clock = new Date(stage.world.clock.getTime() + 60_000)
    const shipped = { ...subject, shipment: parcel('1', [['11', 1]]) }
    stage.account.misbehave('commit-then-drop', { which: writes('itemFulfillment') })
    expect(await post.make(stage.account, shipped)).toMatchObject({ error: { next: 'doubt' } })
    stage.world.lag = true
    const again = await Promise.all([1, 2].map(() => post.make(stage.worker(), shipped)))
    expect(again).toMatchObject([{ error: { next: 'doubt' } }, { error: { next: 'doubt' } }])
    stage.world.lag = false
    expect(await post.look(stage.account, shipped)).toMatchObject({ value: { number: 'IF7001' } })
    expect(fulfilled(stage)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  test('of more than remains is refused, and of a line nobody knows an exception', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    const tooMany = { ...subject, shipment: parcel('1', [['11', 3]]) }
    expect(await post.make(stage.account, tooMany)).toMatchObject({
      error: { code: 'effect-refused', reason: expect.stringContaining('item.items[0].quantity') },
    })
    const stranger = { ...subject, shipment: parcel('1', [['99', 1]]) }
    expect(await post.make(stage.account, stranger)).toMatchObject({
      error: { code: 'unknown-shipment-line' },
    })
    expect(stage.twin.state()['itemFulfillments']).toEqual([])
  })

  test('keeps an external id of its own whatever the warehouse calls it', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subject)
    for (const id of ['a/1', 'a_1', 'a-1', 'ä1']) {
      const shipment = parcel(id, [['11', 1]])
      expect(await post.look(stage.account, { ...subject, shipment })).toEqual({
        ok: true,
        value: undefined,
      })
    }
    const urls = stage.account.calls.map(({ url }) => url).filter((url) => url.includes('eid:'))
    expect(new Set(urls.slice(-4)).size).toBe(4)
    expect(urls.every((url) => /eid:[A-Za-z0-9_-]+(\?|$)/.test(url))).toBe(true)
  })
})

describe('signing in', () => {
  const subject = subjectOf('plain')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const stranger = rsa.export({ type: 'pkcs8', format: 'pem' }).toString()

  test.each([
    ['RSA', stranger],
    ...['P-256', 'P-384', 'P-521'].map((namedCurve) => [
      namedCurve,
      generateKeyPairSync('ec', { namedCurve })
        .privateKey.export({ type: 'sec1', format: 'pem' })
        .toString(),
    ]),
  ])('works with a key of kind %s', async (_, privateKey) => {
    const documents = memoryDocuments()
    documents.put('integration', 'one', { clientId: 'c', certificateId: 'k', privateKey })
    const stage = netsuiteAccount({ documents })
    expect(await create.make(stage.account, subject)).toMatchObject({ ok: true })
  })

  test('happens once for many requests, and again when the token is forgotten', async () => {
    const documents = memoryDocuments()
    const stage = netsuiteAccount({ documents })
    await create.make(stage.account, subject)
    const tokens = () => stage.account.calls.filter(({ url }) => url.endsWith('/token')).length
    expect(tokens()).toBe(1)

    const restarted = netsuiteAccount({ documents })
    const moved = { ...stage.account, send: restarted.account.send }
    expect(await create.look(moved, subject)).toMatchObject({ value: { id: '1001' } })
    expect(restarted.account.calls.map(({ url }) => url.endsWith('/token'))).toEqual([
      false,
      true,
      false,
    ])
  })

  test.each([
    ['another key', { privateKey: stranger }],
    ['another certificate', { certificateId: 'other' }],
    ['another client', { clientId: 'other' }],
    ['no key', { privateKey: 'nothing' }],
  ])('with %s stops the connection', async (_, change) => {
    const { twin } = netsuiteAccount()
    const wrong = netsuiteAccount({ secret: { ...twin.secret, ...change } })
    const refused = await create.make(wrong.account, subject)
    expect(refused).toMatchObject({ error: { next: 'halt' } })
    expect(JSON.stringify(refused)).not.toContain('BEGIN')
  })

  test.each([
    ['at once with a new token stops the connection', 0, 'halt'],
    ['after a stall waits', 60_000, 'wait'],
  ])('a 401 %s', async (_, ms, next) => {
    const stage = netsuiteAccount()
    const crowded = {
      ...stage.account,
      send: async (call: Call) => {
        if (call.url.endsWith('/token')) return stage.account.send(call)
        stage.world.clock = new Date(stage.world.clock.getTime() + ms)
        return { ok: true as const, value: { status: 401, headers: {}, body: '' } }
      },
    }
    expect(await create.make(crowded, subject)).toMatchObject({ error: { next } })
    expect(ordersOf(stage)).toEqual([])
  })

  test('uses the host of the account', () => {
    const hosts = (accountId: string) =>
      netsuite.hosts(netsuite.settings.parse({ accountId, subsidiary: '1', items: subjectItems }))
    expect(hosts('1234567')).toEqual(['1234567.suitetalk.api.netsuite.com'])
    expect(hosts('1234567_SB1')).toEqual(['1234567-sb1.suitetalk.api.netsuite.com'])
    expect(() => hosts('evil.example/x?')).toThrow(/accountId/)
  })
})

const subjectItems = { shipping: '1', discount: '2', tax: '3', tip: '4', duty: '5', fee: '6' }

describe('the twin', () => {
  test('refuses more requests at one time than the account bears', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subjectOf('plain'))
    const found = await Promise.all(
      Array.from({ length: 40 }, () => create.look(stage.account, subjectOf('plain'))),
    )
    const refused = found.filter((result) => !result.ok)
    expect(refused).toHaveLength(25)
    expect(refused).toMatchObject(refused.map(() => ({ error: { next: 'wait' } })))
  })

  test('answers whatever it is sent', async () => {
    const stage = netsuiteAccount()
    await create.make(stage.account, subjectOf('plain'))
    const paths = fc.oneof(
      fc.webPath(),
      fc.constantFrom(
        'salesOrder',
        'salesOrder/1001',
        'salesOrder/eid:x',
        'customer',
        'customer/301',
      ),
      fc.constant('salesOrder/1001/!transform/itemFulfillment'),
      fc.constant('%E0%A4%A'),
    )
    const items = fc.array(
      fc.dictionary(
        fc.constantFrom(
          'line',
          'item',
          'quantity',
          'amount',
          'isClosed',
          'orderLine',
          'itemReceive',
        ),
        fc.jsonValue(),
      ),
    )
    const body = fc.oneof(
      fc.jsonValue(),
      items.map((list) => ({ entity: { id: '301' }, item: { items: list } })),
      fc.dictionary(
        fc.constantFrom('externalId', 'isPerson', 'item', 'createdDate', 'total', 'currency'),
        fc.jsonValue(),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
        paths,
        body,
        async (method, path, sent) => {
          const reply = await stage.ask(method, path, sent)
          expect([200, 204, 400, 404]).toContain(reply.status)
        },
      ),
      { numRuns: 300 },
    )
    expect(stage.twin.state()['salesOrders']?.length).toBeGreaterThan(0)
  })
})

/** The same account, but NetSuite has made another total of the order. */
function totalling({ account }: Stage, total: string): Stage['account'] {
  const send: Stage['account']['send'] = async (call) => {
    const reply = await account.send(call)
    if (!reply.ok || !call.url.includes('total')) return reply
    const body = reply.value.body.replace(/"total":[\d.]+/, `"total":${total}`)
    return { ok: true, value: { ...reply.value, body } }
  }
  return { ...account, send }
}

async function value<T>(result: Promise<Result<T, Failure>>): Promise<{ value: T }> {
  const got = await result
  if (!got.ok) throw new Error(got.error.reason)
  return got
}

/** Picks a call after some others went well. */
function skip(count: number): (call: Call) => boolean {
  let left = count
  return () => left-- <= 0
}
