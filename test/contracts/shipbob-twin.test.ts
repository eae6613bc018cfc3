import fc from 'fast-check'
import { shipbob } from '../../connectors/shipbob/index.ts'
import { read } from '../../connectors/shipbob/read.ts'
import { door } from '../../connectors/shipbob/verify.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import type { Sweep } from '../../domain/poll.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { inParcels } from '../../twins/shipbob/order.ts'
import { shipbobAccount, subjectOf, withLines } from '../support/shipbob.ts'
import { memoryDocuments } from '../support/twin-world.ts'

const effect = shipbob.fulfilment.effects['release-order'] as Effect
const sweep = shipbob.sweep as Sweep

type Stage = ReturnType<typeof shipbobAccount>

const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T12:00:00.000Z' }

function readingsOf(
  { account, world }: Stage,
  via: Delivery['via'],
  delivery: Pick<Delivery, 'headers' | 'body'>,
) {
  const receivedAt = world.clock.toISOString()
  const result = read({ ...delivery, connection: account.connection, via, receivedAt })
  return result.ok ? result.value : []
}

const byWebhook = (stage: Stage): readonly Reading[] =>
  stage.world.deliveries.flatMap((delivery) => readingsOf(stage, 'webhook', delivery))

async function bySweep(stage: Stage): Promise<readonly Reading[]> {
  const page = await sweep(stage.account, window)
  return page.ok
    ? page.value.deliveries.flatMap((delivery) => readingsOf(stage, 'sweep', delivery))
    : []
}

const at = ({ world }: Stage): string => world.clock.toISOString()

const once = (readings: readonly Reading[]): readonly Reading[] => [
  ...new Map(readings.map((reading) => [JSON.stringify(reading), reading])).values(),
]

describe('the warehouse behind the twin', () => {
  test('ships in two parcels, and a webhook for each opens our door', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, subjectOf('three-lines'))
    await stage.pass(299)
    expect(stage.world.deliveries).toHaveLength(0)
    await stage.pass(1)
    expect(stage.world.deliveries).toHaveLength(1)
    expect(stage.twin.state()['orders']).toMatchObject([{ status: 'PartiallyFulfilled' }])
    await stage.pass(600)
    expect(stage.world.deliveries).toHaveLength(2)
    expect(stage.twin.state()['orders']).toMatchObject([{ status: 'Fulfilled' }])

    const secrets = stage.twin.secret['webhookSecrets'] as readonly string[]
    for (const { headers, body } of stage.world.deliveries) {
      expect(
        door.verify({ headers, body: Buffer.from(body), now: stage.world.clock }, secrets),
      ).toBe(true)
    }
    const parcels = once(byWebhook(stage)).map(
      (reading) => reading.type === 'shipped' && reading.shipment.lines,
    )
    expect(parcels).toEqual([[{ sku: 'MUG-BLUE', quantity: 2 }], [{ sku: 'TEE-M', quantity: 1 }]])
  })

  test('tells the same of a parcel by webhook and by sweep', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, subjectOf('three-lines'))
    expect(await bySweep(stage)).toEqual([])
    await stage.pass(300)
    expect(await bySweep(stage)).toEqual(once(byWebhook(stage)))
    await stage.pass(600)
    expect(await bySweep(stage)).toEqual(once(byWebhook(stage)))
  })

  test('ships a single unit in one parcel', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, withLines({ 'TEA-100': 1 }))
    await stage.pass(5000)
    expect(stage.world.deliveries).toHaveLength(1)
    expect(stage.twin.state()['orders']).toMatchObject([{ status: 'Fulfilled' }])
  })

  test('goes on after a restart, and its secrets stay the same', async () => {
    const documents = memoryDocuments()
    const before = shipbobAccount({}, documents)
    await effect.make(before.account, subjectOf('three-lines'))
    await before.pass(300)

    const after = shipbobAccount({}, documents)
    expect(after.twin.secret).toEqual(before.twin.secret)
    await after.pass(900)
    expect(after.world.deliveries).toHaveLength(1)
    expect(after.twin.state()['orders']).toMatchObject([{ status: 'Fulfilled' }])
    expect(await effect.make(after.account, withLines({ 'TEA-100': 1 }))).toMatchObject({
      value: { id: '300000002' },
    })
  })

  test('holds TWIN-ON-HOLD, which webhook and sweep tell alike', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, withLines({ 'TWIN-ON-HOLD': 1 }))
    await stage.pass(300)
    const reason = 'ShipBob holds shipment 600000001: InvalidAddress'
    expect(byWebhook(stage)).toMatchObject([{ type: 'held', reason, since: at(stage) }])
    expect(await bySweep(stage)).toEqual(byWebhook(stage))
  })

  test('has no stock of TWIN-OUT-OF-STOCK, which webhook and sweep tell alike', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, withLines({ 'TWIN-OUT-OF-STOCK': 2, 'TEA-100': 2 }))
    await stage.pass(900)
    const waiting = { type: 'backordered', lines: [{ sku: 'TWIN-OUT-OF-STOCK', quantity: 2 }] }
    const whole = [{ type: 'shipped' }, waiting, { type: 'resumed' }]
    expect(byWebhook(stage)).toMatchObject([waiting, ...whole])
    expect(await bySweep(stage)).toMatchObject(whole)
  })

  test.each([
    ['TWIN-SHORT-HOLD', 'held'],
    ['TWIN-LATE-STOCK', 'backordered'],
  ])('goes on with %s, which the sweep tells', async (sku, type) => {
    const stage = shipbobAccount()
    await effect.make(stage.account, withLines({ [sku]: 1 }))
    await stage.pass(300)
    const stopped = byWebhook(stage)
    expect(stopped).toMatchObject([{ type }])
    await stage.pass(300)
    expect(byWebhook(stage)).toEqual(stopped)
    expect(await bySweep(stage)).toMatchObject([{ type: 'resumed', since: at(stage) }])
    await stage.pass(300)
    expect(await bySweep(stage)).toMatchObject([{ type: 'shipped', shipment: { location: '8' } }])
  })

  test('packs exactly what was ordered, whatever it was', () => {
    const product = fc.record({
      reference_id: fc.constantFrom('A', 'B', 'C', '__proto__'),
      name: fc.constant('x'),
      quantity: fc.integer({ min: 1, max: 9 }),
    })
    const unitsOf = (units: readonly (readonly [string, number])[]): string => {
      const sums = new Map<string, number>()
      for (const [sku, quantity] of units) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
      return JSON.stringify([...sums].toSorted())
    }
    fc.assert(
      fc.property(fc.array(product, { minLength: 1, maxLength: 6 }), (products) => {
        const parcels = inParcels(products)
        const ordered = products.map((one) => [one.reference_id, one.quantity] as const)
        const packed = parcels.flat().map((one) => [one.sku, one.quantity] as const)
        expect(unitsOf(packed)).toBe(unitsOf(ordered))
        const total = products.reduce((sum, { quantity }) => sum + quantity, 0)
        expect(parcels).toHaveLength(total > 1 ? 2 : 1)
      }),
    )
  })
})

describe('an order among lost answers, throttling and pages of proxies', () => {
  const skus = fc.uniqueArray(fc.constantFrom('A', 'B', 'C'), { minLength: 1 })
  const troubles = fc.array(
    fc.constantFrom('commit-then-drop', 'drop', 'throttle', 'unavailable', 'html'),
    { maxLength: 6 },
  )

  test('is one order whose parcels hold what was released, by webhook and by sweep', async () => {
    await fc.assert(
      fc.asyncProperty(
        skus,
        fc.integer({ min: 1, max: 5 }),
        troubles,
        async (names, quantity, hows) => {
          const stage = shipbobAccount()
          const units = Object.fromEntries(names.map((sku) => [sku, quantity]))
          for (const how of hows) stage.account.misbehave(how)
          await releaseAtLast(stage, withLines(units))
          await stage.pass(300)
          await stage.pass(600)

          expect(stage.twin.state()['orders']).toHaveLength(1)
          expect(unitsIn(once(byWebhook(stage)))).toEqual(units)
          expect(unitsIn(await bySweep(stage))).toEqual(units)
        },
      ),
      { numRuns: 60 },
    )
  })

  /** As the ledger does it: after a doubt it looks before it makes. */
  async function releaseAtLast({ account }: Stage, subject: Subject): Promise<void> {
    let doubtful = false
    for (let attempt = 0; attempt < 20; attempt++) {
      const found = doubtful ? await effect.look?.(account, subject) : undefined
      if (found?.ok && found.value) return
      if (found && !found.ok) continue
      const made = await effect.make(account, subject)
      if (made.ok) return
      doubtful = made.error.next === 'doubt'
    }
    throw new Error('twenty attempts were not enough')
  }

  function unitsIn(readings: readonly Reading[]): Readonly<Record<string, number>> {
    const units: Record<string, number> = {}
    for (const reading of readings) {
      if (reading.type !== 'shipped') continue
      for (const { sku, quantity } of reading.shipment.lines) {
        units[sku] = (units[sku] ?? 0) + quantity
      }
    }
    return units
  }
})

describe('the sweep', () => {
  test('turns every page, and passes on only what there is to tell', async () => {
    const stage = shipbobAccount()
    for (let n = 0; n < 251; n++) {
      await effect.make(stage.account, withLines({ 'TEA-100': 1 }, `shopify_demo-store_${n}`))
    }
    await stage.pass(300)
    await effect.make(stage.account, subjectOf('three-lines'))

    const first = await sweep(stage.account, window)
    expect(first).toMatchObject({ ok: true, value: { cursor: '2' } })
    const second = await sweep(stage.account, { ...window, cursor: '2' })
    expect(second.ok && second.value.cursor).toBeUndefined()
    expect([first, second].map((page) => page.ok && page.value.deliveries.length)).toEqual([250, 1])
  })

  test('finds nothing outside its window', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, subjectOf('three-lines'))
    await stage.pass(900)
    const earlier = { from: '2026-11-21T08:00:00.000Z', to: '2026-11-21T09:59:59.000Z' }
    expect(await sweep(stage.account, earlier)).toEqual({ ok: true, value: { deliveries: [] } })
  })

  test.each([
    ['throttle', 'wait'],
    ['html', 'retry'],
    ['drop', 'retry'],
  ] as const)('%s: %s', async (how, next) => {
    const { account } = shipbobAccount()
    account.misbehave(how)
    expect(await sweep(account, window)).toMatchObject({ ok: false, error: { next } })
  })
})

describe('the desk of the twin', () => {
  const knock = (stage: Stage, method: string, path: string, body = '', headers = {}) =>
    stage.twin.handle({
      method,
      path,
      body,
      headers: {
        authorization: `Bearer ${String(stage.twin.secret['accessToken'])}`,
        shipbob_channel_id: '100001',
        ...headers,
      },
    })

  test('wants a token and a channel', async () => {
    const stage = shipbobAccount()
    expect(
      await knock(stage, 'GET', '/2026-01/order', '', { authorization: 'Bearer x' }),
    ).toMatchObject({ status: 401 })
    expect(
      await knock(stage, 'POST', '/2026-01/order', '{}', { shipbob_channel_id: undefined }),
    ).toMatchObject({ status: 400 })
    expect(
      await knock(stage, 'POST', '/2026-01/order', '{}', { shipbob_channel_id: '2' }),
    ).toMatchObject({ status: 403 })
    expect(await knock(stage, 'POST', '/2026-01/order', '{}')).toMatchObject({ status: 422 })
  })

  test('throttles in a minute that slides, when told how much it bears', async () => {
    const stage = shipbobAccount({ requestsPerMinute: 2 })
    const statuses = async () => (await knock(stage, 'GET', '/2026-01/order')).status
    expect([await statuses(), await statuses(), await statuses()]).toEqual([200, 200, 429])
    await stage.pass(60_000)
    expect(await statuses()).toBe(200)
  })

  test('cancels what has not left', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, subjectOf('three-lines'))
    await stage.pass(300)
    const reply = await knock(stage, 'POST', '/2026-01/order/300000001:cancel')
    expect(JSON.parse(reply.body ?? '')).toMatchObject({
      status: 'PartialSuccess',
      order: { status: 'Fulfilled' },
    })
    await stage.pass(5000)
    expect(byWebhook(stage).map(({ type }) => type)).toEqual(['shipped', 'held'])
    expect((await bySweep(stage)).map(({ type }) => type)).toEqual(['shipped', 'held'])
    expect(await knock(stage, 'POST', '/2026-01/order/300000001:cancel')).toMatchObject({
      status: 422,
    })
  })

  test('answers whatever it is asked', async () => {
    const stage = shipbobAccount()
    await effect.make(stage.account, subjectOf('three-lines'))
    const path = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl(),
      fc.constantFrom(
        '/2026-01/order',
        '/2026-01/order/1',
        '/2026-01/shipment/600000001',
        '//',
        '/2026-01/order/300000001/shipment/2',
      ),
      fc
        .string()
        .map(
          (query) =>
            `/2026-01/order?Page=${query}&Limit=${query}&LastUpdateStartDate=${query}&IDs=${query}`,
        ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT'),
        path,
        fc.oneof(fc.json(), fc.string()),
        async (method, where, body) => {
          expect((await knock(stage, method, where, body)).status).toBeGreaterThanOrEqual(200)
        },
      ),
      { numRuns: 300 },
    )
  })
})
