import { door } from '../../connectors/generic-webhook/verify.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import {
  lookupUrl,
  partnerAccount,
  readingsIn,
  subjectOf,
  withSkus,
} from '../support/generic-webhook.ts'
import { memoryDocuments } from '../support/twin-world.ts'

type System = ReturnType<typeof partnerAccount>

const release = subjectOf('release-plain')
const booking = subjectOf('book-taxes-included')
const shipment = {
  id: '9001',
  lines: [{ id: '41', quantity: 1 }],
  shippedAt: '2026-11-21T09:00:00.000Z',
}

const make = (system: System, name: EffectName, subject = release) =>
  system.effectOf(name).make(system.account, subject)
const done = (id: string) => ({ ok: true, value: { id } })
const refused = { ok: false, error: { next: 'except', code: 'effect-refused' } }
const sizes = ({ twin }: System) =>
  Object.fromEntries(Object.entries(twin.state()).map(([kind, all]) => [kind, all.length]))
const says = ({ world }: System) => readingsIn(world).map((reading) => reading.type)

async function released(extra: object = {}, ...skus: readonly string[]): Promise<System> {
  const system = partnerAccount(extra)
  await make(system, 'release-order', withSkus(release, ...skus))
  return system
}

describe('the door of the twin', () => {
  const post = async (system: System, change: object) => {
    await make(system, 'release-order')
    const [call] = system.account.calls
    return system.twin.handle({
      method: 'POST',
      path: '/crossdock',
      headers: call?.headers ?? {},
      body: call?.body ?? '',
      ...change,
    })
  }

  test.each([
    ['a changed body', { body: '{}' }],
    ['no signature', { headers: {} }],
  ])('stays shut to %s', async (_, change) => {
    expect(await post(partnerAccount(), change)).toMatchObject({ status: 401 })
  })

  test('stays shut to what is older than five minutes, and to another secret', async () => {
    const system = partnerAccount()
    await make(system, 'release-order')
    system.world.clock = new Date(system.world.clock.getTime() + 301_000)
    const [call] = system.account.calls
    const { headers = {}, body = '' } = call ?? {}
    expect(
      await system.twin.handle({ method: 'POST', path: '/crossdock', headers, body }),
    ).toMatchObject({ status: 401 })
    const secret = { signingSecrets: [`whsec_${'A'.repeat(32)}`] }
    const stranger = { ...system.account, secret: async () => secret }
    expect(await system.effectOf('release-order').make(stranger, release)).toMatchObject({
      ok: false,
      error: { next: 'halt' },
    })
  })

  test('knows one address', async () => {
    expect(await post(partnerAccount(), { path: '/other' })).toMatchObject({ status: 404 })
    expect(await post(partnerAccount(), { method: 'PUT' })).toMatchObject({ status: 404 })
  })
})

test('a message is done once, however often it comes', async () => {
  const system = partnerAccount()
  for (let i = 0; i < 3; i++) {
    expect(await make(system, 'release-order')).toMatchObject(done('1'))
  }
  expect(sizes(system)).toEqual({ orders: 1, shipments: 0 })
})

test('a system that does not dedupe makes as many as it is told', async () => {
  const system = partnerAccount({ isIdempotent: false })
  await make(system, 'release-order')
  expect(await make(system, 'release-order')).toMatchObject(done('2'))
})

test('a refusal is not remembered', async () => {
  const system = partnerAccount()
  expect(await make(system, 'release-order', withSkus(release, 'TWIN-REFUSED'))).toMatchObject(
    refused,
  )
  expect(await make(system, 'release-order')).toMatchObject(done('1'))
})

test('an ERP books an order, its change, its parcels and its end', async () => {
  const system = partnerAccount({ capabilities: ['accounting'] })
  expect(await make(system, 'create-order', booking)).toMatchObject(done('1'))
  const fewer = { ...booking, lines: [{ id: '41', quantity: 1 }], intentId: 'amend-order' }
  expect(await make(system, 'amend-order', fewer)).toMatchObject(done('1'))
  expect(system.twin.state()['orders']).toMatchObject([{ lines: [{ id: '41', quantity: 1 }] }])
  for (const id of ['9001', '9002']) {
    const parcel = { ...booking, intentId: `post-shipment:${id}`, shipment: { ...shipment, id } }
    expect(await make(system, 'post-shipment', parcel)).toMatchObject({ ok: true })
  }
  expect(sizes(system)).toEqual({ orders: 1, shipments: 2 })
  expect(await make(system, 'cancel-order', booking)).toMatchObject(done('1'))
  const again = { ...booking, intentId: 'cancel-order-2' }
  expect(await make(system, 'cancel-order', again)).toMatchObject(done('1'))
  expect(await make(system, 'amend-order', { ...fewer, intentId: 'late' })).toMatchObject(refused)
  expect(says(system)).toEqual([])
})

test('what is not there cannot be changed', async () => {
  const system = partnerAccount({ capabilities: ['accounting'] })
  for (const name of ['amend-order', 'cancel-order', 'post-shipment'] as const) {
    expect(await make(system, name, { ...booking, shipment })).toMatchObject(refused)
  }
})

test('a warehouse ships in two parcels and says so, signed', async () => {
  const system = await released()
  await system.pass(300)
  await system.pass(600)
  const readings = readingsIn(system.world)
  expect(readings).toMatchObject([
    { type: 'shipped', shipment: { id: '1-1', lines: [{ sku: 'MUG-BLUE', quantity: 2 }] } },
    {
      type: 'shipped',
      shipment: {
        id: '1-2',
        warehouseOrder: '1',
        lines: [
          { sku: 'MUG-BLUE', quantity: 1 },
          { sku: 'TEE-M', quantity: 1 },
        ],
      },
    },
  ])
  const { webhookSecrets } = Object(system.twin.secret)
  for (const { headers, body } of system.world.deliveries) {
    const request = { headers, body: Buffer.from(body), now: system.world.clock }
    const early = { ...request, now: new Date(system.world.clock.getTime() - 600) }
    expect(door.verify(early, webhookSecrets) || door.verify(request, webhookSecrets)).toBe(true)
    expect(door.verify({ ...request, body: Buffer.from(`${body} `) }, webhookSecrets)).toBe(false)
  }
  expect(await make(system, 'cancel-release')).toMatchObject(refused)
  expect(await make(system, 'amend-release', { ...release, lines: [] })).toMatchObject(refused)
})

test('a warehouse ships what an amendment left', async () => {
  const system = await released()
  const lines = [{ id: '12', quantity: 1 }]
  expect(await make(system, 'amend-release', { ...release, lines })).toMatchObject(done('1'))
  await system.pass(2000)
  expect(readingsIn(system.world)).toMatchObject([
    { shipment: { lines: [{ sku: 'TEE-M', quantity: 1 }] } },
  ])
})

test('a warehouse ships nothing that it let go of, and takes it anew in another round', async () => {
  const system = await released()
  expect(await make(system, 'cancel-release')).toMatchObject(done('1'))
  await system.pass(2000)
  expect(says(system)).toEqual([])
  const anew = { ...release, round: 2, intentId: 'release-order-2' }
  expect(await make(system, 'release-order', anew)).toMatchObject(done('2'))
  await system.pass(2000)
  expect(says(system)).toEqual(['shipped', 'shipped'])
})

test.each([
  ['TWIN-ON-HOLD', ['held', 'resumed', 'shipped']],
  ['TWIN-OUT-OF-STOCK', ['backordered', 'backordered', 'shipped']],
  ['TWIN-LATER', ['answered', 'shipped', 'shipped']],
])('%s gives the trouble that it is called', async (sku, told) => {
  const system = await released({}, sku)
  for (let i = 0; i < 5; i++) await system.pass(600)
  expect(says(system)).toEqual(told)
})

test('a message of the other kind is refused', async () => {
  const system = partnerAccount({ capabilities: ['accounting'] })
  const { effectOf } = partnerAccount()
  expect(await effectOf('release-order').make(system.account, release)).toMatchObject(refused)
})

test('it goes on after a restart where it stopped', async () => {
  const documents = memoryDocuments()
  const before = partnerAccount({ lookupUrl }, documents)
  await make(before, 'release-order')
  const after = partnerAccount({ lookupUrl }, documents)
  expect(await make(after, 'release-order')).toMatchObject(done('1'))
  expect(await after.effectOf('release-order').look?.(after.account, release)).toMatchObject(
    done('1'),
  )
  await after.pass(2000)
  expect(says(after)).toEqual(['shipped', 'shipped'])
})
