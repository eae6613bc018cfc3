import fc from 'fast-check'
import { businessCentral } from '../../connectors/business-central/index.ts'
import type { Call } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { guardOf } from '../../domain/effects/guard.ts'
import { OrderId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { memoryTokens } from '../support/account.ts'
import {
  businessCentralAccount,
  effectOf,
  isWrite,
  ordersOf,
  parcel,
  type Stage,
  subjectOf,
} from '../support/business-central.ts'
import { openLane } from '../support/lane.ts'
import { tries } from '../support/laws.ts'
import { MemoryCircuitBreakers } from '../support/memory-circuit-breakers.ts'

const create = effectOf('create-order')
const post = effectOf('post-shipment')
const lag = create.safety.by === 'lookup' ? create.safety.lagSeconds : 0

const writes = (path: string) => (call: Call) => isWrite(call) && call.url.endsWith(path)
const reads = (path: string) => (call: Call) => !isWrite(call) && call.url.includes(path)
const filtersOf = (calls: readonly Call[], path: string) =>
  calls
    .filter(({ url, method }) => method === 'GET' && url.includes(`/${path}?`))
    .map(({ url }) => new URL(url).searchParams.get('$filter'))

const subject = subjectOf('discounts-shipping-tax')

/** What the core does: it looks, makes when there is surely nothing, and after a doubt waits until a look can know. */
async function untilDone(stage: Stage, wanted: Subject, rounds = 8): Promise<unknown> {
  const worker = stage.worker()
  for (let round = 0; round < rounds; round++) {
    const found = await create.look(worker, wanted)
    if (found.ok && found.value) return found.value
    if (!found.ok) continue
    const made = await create.make(worker, wanted)
    if (made.ok) return made.value
    if (made.error.next === 'doubt') stage.pass(lag)
    else if (!['retry', 'wait'].includes(made.error.next)) return made.error
  }
  return 'not done'
}

describe('an order', () => {
  test('is posted once, with its lines and its total to the cent', async () => {
    const stage = businessCentralAccount()
    const made = await create.make(stage.account, subject)
    expect(made).toEqual({ ok: true, value: { id: expect.any(String), number: 'S-ORD101001' } })
    expect(ordersOf(stage)).toMatchObject([
      {
        externalDocumentNumber: 'T-STORE_5000000000001002-7BFA337215',
        currencyCode: 'USD',
        totalAmountIncludingTax: 95.19,
        salesOrderLines: { length: 7 },
      },
    ])
    expect(await create.look(stage.account, subject)).toEqual(made)
  })

  test('in the local currency has no currency code', async () => {
    const stage = businessCentralAccount()
    await create.make(stage.account, subjectOf('local-currency'))
    expect(ordersOf(stage)).toMatchObject([{ currencyCode: '', totalAmountIncludingTax: 10 }])
  })

  test.each([
    ['creating the customer', 'customers'],
    ['creating the order', 'salesOrders'],
  ])('is posted once though the answer to %s is lost', async (_, path) => {
    const stage = businessCentralAccount()
    stage.account.misbehave('commit-then-drop', { which: writes(path) })
    expect(await create.make(stage.account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await untilDone(stage, subject)).toMatchObject({ number: 'S-ORD101001' })
    expect(ordersOf(stage)).toHaveLength(1)
    expect(stage.twin.state()['customers']).toHaveLength(1)
  })

  test('is posted once though reading it back failed', async () => {
    const stage = businessCentralAccount()
    stage.account.misbehave('unavailable', { which: reads('id%20eq') })
    expect(await create.make(stage.account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(await untilDone(stage, subject)).toMatchObject({ number: 'S-ORD101001' })
    expect(ordersOf(stage)).toHaveLength(1)
  })

  test('is two orders for who does not wait for the index: nothing there refuses a second', async () => {
    const stage = businessCentralAccount()
    stage.world.lag = true
    stage.account.misbehave('commit-then-drop', { which: writes('salesOrders') })
    await create.make(stage.account, subject)
    expect(await create.look(stage.account, subject)).toEqual({ ok: true, value: undefined })
    await create.make(stage.account, subject)
    expect(ordersOf(stage)).toHaveLength(2)
    stage.pass(lag)
    expect(await create.look(stage.account, subject)).toMatchObject({
      value: { differs: expect.stringMatching(/several sales orders .*S-ORD101001, S-ORD101002/) },
    })
  })

  test('is one order for who waits as long as the connector says, whatever goes wrong on the way', async () => {
    const how = fc.constantFrom('commit-then-drop', 'drop', 'throttle', 'unavailable', 'html')
    const plan = fc.array(fc.option(how), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(plan, fc.boolean(), async (plans, lagging) => {
        const stage = businessCentralAccount()
        stage.world.lag = lagging
        for (let n = 0; n < 30; n++) {
          const worker = stage.worker()
          const next = plans.shift()
          if (next) worker.misbehave(next, { which: skip(n % 5) })
          const found = await create.look(worker, subject)
          if (found.ok && found.value) break
          const made = found.ok ? await create.make(worker, subject) : found
          if (!made.ok && made.error.next === 'doubt') stage.pass(lag)
          stage.pass(11)
        }
        expect(ordersOf(stage)).toMatchObject([{ totalAmountIncludingTax: 95.19 }])
        expect(stage.twin.state()['customers']).toHaveLength(1)
      }),
      tries(60),
    )
  })

  test('that is shipped and invoiced in full is found among what was posted', async () => {
    const stage = businessCentralAccount()
    const made = await create.make(stage.account, subject)
    const references = made.ok ? { erp: made.value } : {}
    const shipment = parcel('1', { 11: 2, 12: 1 })
    await post.make(stage.account, { ...subject, references, shipment })
    expect(ordersOf(stage)).toEqual([])
    expect(await create.look(stage.account, subject)).toEqual(made)
  })

  test('that was shipped and never invoiced here is found by its shipment', async () => {
    const stage = businessCentralAccount()
    await create.make(stage.account, subject)
    const [order] = ordersOf(stage)
    stage.world.documents.put('salesShipment', 's', {
      id: 's',
      version: 1,
      createdAt: '2026-11-21T09:00:00.000Z',
      number: 'S-SHPT1',
      orderNumber: 'S-ORD7',
      externalDocumentNumber: order?.externalDocumentNumber,
    })
    await stage.ask('DELETE', `salesOrders(${order?.id})`, { etag: order?.['@odata.etag'] ?? '' })
    expect(await create.look(stage.account, subject)).toEqual({
      ok: true,
      value: { id: 's', number: 'S-ORD7' },
    })
  })

  test('that Business Central totals otherwise says so, and stands', async () => {
    const stage = businessCentralAccount({ settings: { taxCode: undefined } })
    stage.world.documents.put('tax', 'percent', 20)
    const made = await create.make(stage.account, subject)
    expect(made).toMatchObject({
      ok: true,
      value: {
        number: 'S-ORD101001',
        differs: 'Business Central makes 114.23 of 95.19 USD in sales order S-ORD101001',
      },
    })
    expect(await create.look(stage.account, subject)).toEqual(made)
  })

  test('is taxed by Business Central where that is wanted, of prices with or without tax', async () => {
    const taxed = async (pricesIncludeTax: boolean) => {
      const settings = { localCurrency: 'EUR', tax: 'computed', pricesIncludeTax }
      const stage = businessCentralAccount({ settings })
      stage.world.documents.put('tax', 'percent', 10)
      const made = await create.make(stage.account, subjectOf('tax-computed'))
      return { made, total: ordersOf(stage)[0]?.totalAmountIncludingTax }
    }
    expect(await taxed(true)).toMatchObject({ made: { ok: true }, total: 4940 })
    expect((await taxed(true)).made).not.toHaveProperty('value.differs')
    // 10 % of 4036 and of 455, each rounded, are one more than the 449 that the channel took.
    expect(await taxed(false)).toMatchObject({
      made: { value: { differs: expect.stringContaining('4941 of 4940 JPY') } },
    })
  })

  test('is the same document whichever release its warehouse works by', async () => {
    const { account } = businessCentralAccount()
    const made = await create.make(account, subject)
    expect(await create.look(account, { ...subject, round: 2 })).toEqual(made)
  })
})

describe('an address', () => {
  test('that is longer than the fields are is cut, so that the order is taken', async () => {
    const stage = businessCentralAccount()
    const long = 'Long '.repeat(40)
    const address = {
      name: long,
      company: long,
      address1: long,
      address2: long,
      city: long,
      province: long,
      postalCode: long,
      countryCode: 'CA',
      phone: long,
    }
    const people = { customer: { name: long, email: long }, shipTo: address, billTo: address }
    const order = { ...subject.order, people: { ...people, note: long } }
    expect(await create.make(stage.account, { ...subject, order })).toMatchObject({ ok: true })
  })
})

describe('two workers at once', () => {
  test('make two orders if nobody keeps them apart', async () => {
    const stage = businessCentralAccount()
    const wanted = [1, 2].map(async () => {
      const worker = stage.worker()
      const found = await create.look(worker, subject)
      return found.ok && found.value ? found : create.make(worker, subject)
    })
    await Promise.all(wanted)
    expect(ordersOf(stage)).toHaveLength(2)
  })

  test('make one order in the lane, though the index lags and an answer is lost', async () => {
    for (const how of [undefined, 'commit-then-drop', 'drop'] as const) {
      const { stage, lane } = await laneTo()
      stage.world.lag = true
      if (how) stage.account.misbehave(how, { which: writes('salesOrders') })
      const [hint] = lane.queue
      if (hint) lane.queue.push({ ...hint }, { ...hint })
      await Promise.all([lane.work(), lane.work(), lane.work()])
      await lane.run()
      expect(await lane.intent()).toMatchObject({ state: 'done' })
      expect(ordersOf(stage)).toHaveLength(1)
    }
  })

  /** A lane whose system is the twin, on one clock. */
  async function laneTo() {
    const lane = await openLane({ safety: create.safety, find: create.find })
    const stage = businessCentralAccount({ settings: { localCurrency: 'USD' } })
    const now = lane.deps.clock
    Object.defineProperty(stage.world, 'clock', { get: now })
    const account = { ...stage.account, now, tokens: memoryTokens(now) }
    const gate = guardOf({
      breakers: new MemoryCircuitBreakers(),
      account,
      limit: 2,
      leaseSeconds: 15,
      clock: now,
      random: () => 0,
      jitter: async () => {},
    })
    const system = { title: businessCentral.title, effects: businessCentral.accounting.effects }
    Object.assign(lane.deps, { system, account, gate })
    return { stage, lane }
  }
})

describe('the reference', () => {
  const referenceOf = async (id: string, round?: number) => {
    const stage = businessCentralAccount({ settings: { customer: '10000' } })
    const local = subjectOf('local-currency', { id: OrderId.parse(id) })
    await create.make(stage.account, { ...local, ...(round && { round }) })
    return ordersOf(stage)[0]?.externalDocumentNumber
  }

  test('is the id of the order where that fits, in upper case as codes are', async () => {
    expect(await referenceOf('shopify_demo-store_1001')).toBe('SHOPIFY_DEMO-STORE_1001')
    expect(await referenceOf('shopify_demo-store_1001', 2)).toBe('SHOPIFY_DEMO-STORE_1001')
  })

  test('has at most 35 characters, keeps the end of the id, and is another for another order', async () => {
    const ids = ['a', 'b', 'A'].map((shop) => `shopify_outlet_${shop}_00000000000000000000001`)
    const references = await Promise.all(ids.map((id) => referenceOf(id)))
    expect(references.every((reference = '') => reference.length === 35)).toBe(true)
    expect(references.every((reference = '') => reference.includes('0000000000001-'))).toBe(true)
    expect(new Set(references).size).toBe(3)
  })

  test('tells ids apart that differ by case alone', async () => {
    expect(await referenceOf('shopify_s_ab')).not.toBe(await referenceOf('shopify_s_aB'))
  })
})

describe('an item', () => {
  test('that is unknown or blocked is named, and nothing is made', async () => {
    const stage = businessCentralAccount()
    stage.world.documents.put('unknownItem', 'SKU-12', true)
    expect(await create.make(stage.account, subject)).toMatchObject({
      error: {
        next: 'except',
        code: 'effect-refused',
        reason: 'Business Central has no item SKU-12, or it is blocked',
      },
    })
    expect(stage.twin.state()).toMatchObject({ salesOrders: [], customers: [] })
    stage.world.documents.put('unknownItem', 'SKU-12', false)
    expect(await create.make(stage.account, subject)).toMatchObject({ ok: true })
  })

  test('that is blocked is not sold', async () => {
    const stage = businessCentralAccount()
    stage.world.documents.put('blockedItem', 'SKU-12', true)
    expect(await create.make(stage.account, subject)).toMatchObject({
      error: { code: 'effect-refused', reason: expect.stringContaining('SKU-12') },
    })
  })

  test('may have a quote in its number, and is found whatever its case', async () => {
    const stage = businessCentralAccount()
    const names: Subject['names'] = (kind, code) =>
      kind === 'sku' && code === 'SKU-11' ? "d'or" : code
    expect(await create.make(stage.account, { ...subject, names })).toMatchObject({ ok: true })
    expect(filtersOf(stage.account.calls, 'items')).toEqual([
      "number eq 'D''OR' or number eq 'SKU-12'",
    ])
  })

  test('whose SKU is longer than numbers are is unknown, without asking', async () => {
    const stage = businessCentralAccount()
    const [line] = subject.order.lines
    const order = { ...subject.order, lines: [{ ...line, sku: 'A-SKU-OF-MORE-THAN-TWENTY' }] }
    const lines = [{ id: '11', quantity: 1 }]
    const made = await create.make(stage.account, { ...subject, lines, order: Order.parse(order) })
    expect(made).toMatchObject({ error: { reason: expect.stringContaining('A-SKU-OF-MORE') } })
  })

  test('is asked for once however many lines have it, twenty in a request', async () => {
    const stage = businessCentralAccount()
    const [line] = subject.order.lines
    const lines = Array.from({ length: 45 }, (_, n) => ({
      ...line,
      id: `${n}`,
      sku: `sku-${n % 41}`,
    }))
    const order = Order.parse({ ...subject.order, lines })
    const many: Subject = { ...subject, order, lines: lines.map(({ id }) => ({ id, quantity: 1 })) }
    expect(await create.make(stage.account, many)).toMatchObject({ ok: true })
    const asked = filtersOf(stage.account.calls, 'items').map((filter) => filter?.split(' or '))
    expect(asked.map((numbers) => numbers?.length)).toEqual([20, 20, 1])
  })

  test('has the name that the cross-references give it, and a bundle its components at its price', async () => {
    const stage = businessCentralAccount()
    const [first, second] = subject.lines
    await create.make(stage.account, {
      ...subject,
      lines: [
        { id: '11', quantity: first?.quantity ?? 0 },
        {
          id: '12',
          quantity: second?.quantity ?? 0,
          components: [
            { sku: 'CUP', quantity: 4 },
            { sku: 'BOX', quantity: 1 },
          ],
        },
      ],
      names: (kind, code) => (kind === 'sku' && code === 'SKU-11' ? '1896-S' : code),
    })
    expect(ordersOf(stage)).toMatchObject([{ totalAmountIncludingTax: 95.19 }])
    const lines = ordersOf(stage)[0]?.salesOrderLines.slice(1, 4)
    expect(lines).toMatchObject([
      { lineObjectNumber: '1896-S', quantity: 2 },
      { lineObjectNumber: 'CUP', quantity: 4, unitPrice: 11.24, discountAmount: 0.01 },
      { lineObjectNumber: 'BOX', quantity: 1, unitPrice: 0 },
    ])
  })
})

describe('a customer', () => {
  const customersOf = (stage: Stage) => stage.twin.state()['customers']

  test('is made once, and is left as people keep it', async () => {
    const stage = businessCentralAccount()
    await create.make(stage.account, subject)
    await create.make(
      stage.account,
      subjectOf('partly-removed-rounded', { connection: subject.order.connection }),
    )
    expect(stage.account.calls.filter(writes('customers'))).toHaveLength(1)
    expect(customersOf(stage)).toMatchObject([
      { number: 'CDB45207A7587AF497', displayName: 'Sample Recipient', type: 'Person' },
    ])
  })

  test('that another order made meanwhile is taken', async () => {
    const stage = businessCentralAccount()
    await create.make(stage.account, subject)
    stage.world.lag = true
    const other = subjectOf('partly-removed-rounded', { connection: subject.order.connection })
    expect(await create.make(stage.worker(), other)).toMatchObject({ ok: true })
    expect(customersOf(stage)).toHaveLength(1)
  })

  test('is one per order for guests, one for all by settings, or whom the cross-references name', async () => {
    const guest = subjectOf('gift-card-duties-guest')
    const stage = businessCentralAccount()
    await create.make(stage.account, guest)
    expect(customersOf(stage)).toMatchObject([{ displayName: 'Recipient' }])

    const one = businessCentralAccount({ settings: { customer: '10000' } })
    await create.make(one.account, subject)
    expect(one.twin.state()).toMatchObject({
      customers: [],
      salesOrders: [{ customerNumber: '10000' }],
    })

    const mapped = businessCentralAccount()
    const names: Subject['names'] = (kind, code) => (kind === 'customer' ? 'C00010' : code)
    await create.make(mapped.account, { ...subject, names })
    expect(mapped.twin.state()).toMatchObject({
      customers: [],
      salesOrders: [{ customerNumber: 'C00010' }],
    })
  })

  test('that the settings name and nobody knows is an exception', async () => {
    const stage = businessCentralAccount({ settings: { customer: 'UNKNOWN' } })
    expect(await create.make(stage.account, subject)).toMatchObject({
      error: {
        code: 'effect-refused',
        reason: expect.stringContaining('the customer cannot be found'),
      },
    })
  })
})

describe('signing in', () => {
  test('happens once for many requests, and again when the token is refused', async () => {
    const stage = businessCentralAccount()
    await create.make(stage.account, subject)
    const tokens = () => stage.account.calls.filter(({ url }) => url.endsWith('/token')).length
    expect(tokens()).toBe(1)
    // A twin that starts anew knows no token.
    const { account } = businessCentralAccount({ documents: stage.world.documents })
    const restarted = { ...account, tokens: stage.account.tokens }
    expect(await create.look(restarted, subject)).toMatchObject({ ok: true })
    expect(account.calls.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1)
  })

  test.each([
    ['another secret', { clientSecret: 'other' }],
    ['another client', { clientId: 'other' }],
    ['no secret', { clientSecret: '' }],
  ])('with %s stops the connection', async (_, change) => {
    const { twin } = businessCentralAccount()
    const wrong = businessCentralAccount({ secret: { ...twin.secret, ...change } })
    expect(await create.make(wrong.account, subject)).toMatchObject({ error: { next: 'halt' } })
  })

  test('to a company that is not there stops the connection and says what to check', async () => {
    const companyId = '00000000-0000-4000-8000-000000000001'
    const elsewhere = businessCentralAccount({ settings: { companyId } })
    const refused = await create.look(
      { ...elsewhere.account, send: redirected(elsewhere.account.send, companyId) },
      subject,
    )
    expect(refused).toMatchObject({
      error: { next: 'halt', reason: expect.stringContaining('companyId') },
    })
  })
})

/** Asks another company than the one of the twin. */
const redirected =
  (send: Stage['account']['send'], companyId: string): Stage['account']['send'] =>
  (call) =>
    send({ ...call, url: call.url.replace(companyId, '00000000-0000-4000-8000-000000000002') })

const skip = (count: number) => {
  let seen = 0
  return () => seen++ >= count
}
