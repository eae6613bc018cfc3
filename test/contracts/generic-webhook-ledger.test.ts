import fc from 'fast-check'
import { lookupUrl } from '../support/generic-webhook.ts'
import { webhookLane } from '../support/generic-webhook-lane.ts'
import { tries } from '../support/laws.ts'
import { lineOf, orderId } from '../support/orders.ts'

/** What a connection's settings may say of its system. */
const askable = { lookupUrl, lookupLagSeconds: 15 }
const dedupes = {}
const neither = { isIdempotent: false }

const safe = [
  ['that can be asked and repeats itself', { ...askable, isIdempotent: false }],
  ['that can be asked and dedupes', askable],
  ['that dedupes', dedupes],
] as const

type Lane = Awaited<ReturnType<typeof webhookLane>>

const create = async (lane: Lane) => (await lane.state()).intents['create-order']

const exceptions = async (lane: Lane) => Object.keys((await lane.state()).exceptions)

describe.each(safe)('a system %s', (_, settings) => {
  test.each(['commit-then-drop', 'drop', 'html', 'unavailable'] as const)(
    'has one order after %s, and the ledger knows which',
    async (how) => {
      const lane = await webhookLane(settings)
      lane.account.misbehave(how, { which: ({ kind }) => kind === 'write' })
      await lane.capture()
      await lane.run()
      expect(lane.orders()).toHaveLength(1)
      expect(await create(lane)).toMatchObject({ state: 'done', reference: { id: '1' } })
      expect(await exceptions(lane)).toEqual([])
    },
  )

  test('has one order whatever goes wrong in a row, also when look-ups lag', async () => {
    const hows = ['commit-then-drop', 'drop', 'throttle', 'unavailable', 'html'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...hows), { maxLength: 6 }),
        fc.boolean(),
        async (moods, lag) => {
          const lane = await webhookLane(settings)
          lane.world.lag = lag
          for (const how of moods) lane.account.misbehave(how)
          await lane.capture()
          await lane.run()
          expect(lane.orders()).toHaveLength(1)
          expect(await create(lane)).toMatchObject({ state: 'done', reference: { id: '1' } })
        },
      ),
      tries(60),
    )
  })

  test('that refuses what it never heard of the first time has refused it, and is not in doubt', async () => {
    const lane = await webhookLane(settings)
    lane.account.misbehave('drop')
    await lane.capture({ lines: [lineOf({ sku: 'TWIN-REFUSED' })] })
    await lane.run()
    expect(await create(lane)).toMatchObject({ state: 'refused' })
    expect(await exceptions(lane)).toEqual(['effect-refused:create-order'])
  })

  test('that takes an order and answers later is left alone until it does', async () => {
    const lane = await webhookLane(settings)
    await lane.capture({ lines: [lineOf({ sku: 'TWIN-LATER' })] })
    await lane.work()
    expect(await create(lane)).toMatchObject({ state: 'doubt' })
    expect(await exceptions(lane)).toEqual([])
    await lane.pass(400)
    await lane.hear()
    expect(await create(lane)).toMatchObject({ state: 'done', reference: { id: '1' } })
    await lane.run()
    expect(lane.account.calls).toHaveLength(1)
    // Nor is it taken for one that is down.
    expect(lane.breakers.saved).toEqual([])
  })

  test('that takes an order and whose report is lost is asked when its time is over', async () => {
    const lane = await webhookLane({ ...settings, answersWithinSeconds: 120 })
    await lane.capture({ lines: [lineOf({ sku: 'TWIN-LATER' })] })
    await lane.work()
    const taken = lane.world.clock.getTime()
    await lane.pass(400)
    await lane.work()
    expect(lane.world.clock.getTime() - taken).toBeGreaterThanOrEqual(120_000)
    expect(await create(lane)).toMatchObject({ state: 'done', reference: { id: '1' } })
    expect(lane.orders()).toHaveLength(1)
    await lane.hear()
    expect(await create(lane)).toMatchObject({ state: 'done', reference: { id: '1' } })
  })

  test('that takes an order and refuses it later has refused it', async () => {
    const lane = await webhookLane(settings)
    await lane.capture({
      lines: [lineOf({ sku: 'TWIN-LATER' }), lineOf({ id: '2', sku: 'TWIN-REFUSED' })],
    })
    await lane.work()
    await lane.pass(400)
    await lane.hear()
    expect(await create(lane)).toMatchObject({ state: 'refused' })
    expect(await exceptions(lane)).toEqual(['effect-refused:create-order'])
  })

  test('has no open order when the channel cancels while nobody knows', async () => {
    for (const how of ['commit-then-drop', 'drop'] as const) {
      const lane = await webhookLane(settings)
      lane.account.misbehave(how, { which: ({ kind }) => kind === 'write' })
      await lane.capture()
      await lane.work()
      expect(await create(lane)).toMatchObject({ state: 'doubt' })
      const cancelledAt = lane.world.clock.toISOString()
      const version = new Date(lane.world.clock.getTime() + 1000).toISOString()
      await lane.capture({ cancelledAt, version })
      await lane.run()
      expect(lane.orders().filter((order) => Object(order).status === 'open')).toEqual([])
      expect((await lane.state()).cancelledAt).toBeDefined()
    }
  })
})

describe('a system that can neither be asked nor told twice', () => {
  test.each(['commit-then-drop', 'drop', 'html', 'unavailable'] as const)(
    'is told once, and a person is asked after %s',
    async (how) => {
      const lane = await webhookLane(neither)
      lane.account.misbehave(how)
      await lane.capture()
      await lane.run()
      expect(lane.writes()).toBe(1)
      expect(await exceptions(lane)).toEqual(['in-doubt:create-order'])
    },
  )

  test('is told again when it surely heard nothing, and when a person says so', async () => {
    const lane = await webhookLane(neither)
    lane.account.misbehave('throttle')
    lane.account.misbehave('drop')
    await lane.capture()
    await lane.run()
    expect(lane.writes()).toBe(2)
    const answer = { type: 'not-done' } as const
    const { connection } = lane.account
    await lane.tell({ type: 'answered', connection, intentId: 'create-order', answer })
    const hint = { orderId, intentId: 'create-order', connection }
    lane.queue.push({ body: JSON.stringify(hint), from: 0 })
    await lane.run()
    expect(await create(lane)).toMatchObject({ state: 'done', reference: { id: '1' } })
    expect(lane.orders()).toHaveLength(1)
  })

  test('that answers later becomes a question to a person only when its time is over', async () => {
    const lane = await webhookLane({ ...neither, answersWithinSeconds: 120 })
    await lane.capture({ lines: [lineOf({ sku: 'TWIN-LATER' })] })
    await lane.work()
    expect(await exceptions(lane)).toEqual([])
    await lane.work()
    expect(await exceptions(lane)).toEqual(['in-doubt:create-order'])
    await lane.pass(0)
    await lane.hear()
    expect(await create(lane)).toMatchObject({ state: 'done' })
    expect(await exceptions(lane)).toEqual([])
    expect(lane.writes()).toBe(1)
  })
})

test('every change of an order is a message of its own, also the second', async () => {
  const lane = await webhookLane(dedupes)
  await lane.capture()
  await lane.run()
  for (const quantity of [3, 1]) {
    await lane.pass(1000)
    const version = lane.world.clock.toISOString()
    await lane.capture({ version, lines: [lineOf({ quantity })] })
    await lane.run()
    expect(lane.orders()).toMatchObject([{ lines: [{ id: '1', quantity }] }])
  }
  const ids = lane.account.calls.map(({ headers }) => headers?.['webhook-id'])
  expect(new Set(ids).size).toBe(3)
})

test('what is refused is tried anew by nobody but a person, and once only', async () => {
  const lane = await webhookLane(dedupes)
  await lane.capture({ lines: [lineOf({ sku: 'TWIN-REFUSED' })] })
  await lane.run()
  expect(lane.writes()).toBe(1)
  expect((await lane.state()).exceptions).toMatchObject({
    'effect-refused:create-order': {
      reason: 'the system refused it (422): TWIN-REFUSED is not in the catalogue.',
    },
  })
})
