import { after } from '../../domain/instant.ts'
import { editOrder } from '../../domain/order/edit-order.ts'
import type { Fact } from '../../domain/order/facts.ts'
import { type RecordFactDeps, recordFact } from '../../domain/order/record-fact.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { orderId, orderOf, policy, seconds, start, wms } from '../support/orders.ts'

const day = 86_400
const monday = { placedAt: start, version: start }

function open() {
  const ledger = new MemoryLedger()
  const deps: RecordFactDeps = {
    ledger,
    policy: { ...policy, peopleDays: () => 30 },
    jitter: async () => {},
  }
  return {
    ledger,
    deps,
    /** Until when people are kept because of this fact, if it says so. */
    async tell(fact: Fact) {
      const before = ledger.commits.length
      await recordFact({ id: orderId }, fact, deps)
      return ledger.commits.slice(before).at(-1)?.peopleUntil
    },
  }
}

const snapshot = (at: string, change: Parameters<typeof orderOf>[0] = {}): Fact => ({
  type: 'snapshot',
  order: orderOf({ ...monday, version: at, ...change }),
  authority: 'fetched',
  receivedAt: at,
  at,
})

const parcel = (id: string, at: string, lines: { sku: string; quantity: number }[]): Fact => ({
  type: 'shipped',
  connection: wms,
  at,
  shipment: { id, warehouseOrder: 'w1', shippedAt: at, lines },
})

const erased: Fact = { type: 'erased', request: 'r1', by: 'shopify/demo-store', at: seconds(99) }

test('personal data is kept for a year while units are to be shipped, and for the channel’s days after the last parcel', async () => {
  const { ledger, deps, tell } = open()
  expect(await tell(snapshot(start))).toBe(after(start, 365 * day))
  const skus = orderOf(monday).lines.map(({ sku = '', quantity }) => ({ sku, quantity }))
  for (const intentId of ['create-order', 'release-order']) {
    const claim = { type: 'claim', intentId, leaseSeconds: 15, at: seconds(1) } as const
    expect(await tell(claim)).toBeUndefined()
    const { intents } = (await ledger.load(orderId)) ?? {}
    const epoch = intents?.[intentId]?.epoch ?? 0
    const result = { ok: true, value: { id: 'w1' } } as const
    const made = { intentId, epoch, during: 'make', result, lagSeconds: 0 } as const
    expect(await tell({ type: 'outcome', at: seconds(2), ...made })).toBeUndefined()
  }
  const [first, ...rest] = skus
  expect(first && (await tell(parcel('p1', seconds(10), [first])))).toBeUndefined()
  expect(await tell(parcel('p2', seconds(20), rest))).toBe(after(seconds(20), 30 * day))
  expect(deps.policy.peopleDays(wms)).toBe(30)
})

test('a cancelled order has nothing left to ship, and one placed again has', async () => {
  const { tell } = open()
  await tell(snapshot(start))
  const cancelled = await tell(snapshot(seconds(60), { cancelledAt: seconds(60) }))
  expect(cancelled).toBe(after(seconds(60), 30 * day))
})

test('personal data of an order without goods to ship expires by the channel’s days from the start', async () => {
  const { tell } = open()
  const lines = orderOf(monday).lines.map((line) => ({ ...line, shippable: false }))
  const [line, ...more] = lines
  if (!line) throw new Error('the order has no line')
  expect(await tell(snapshot(start, { lines: [line, ...more] }))).toBe(after(start, 30 * day))
})

test('erased data stays erased, whatever the channel sends', async () => {
  const { ledger, tell } = open()
  await tell(snapshot(start))
  await tell(erased)
  expect(await ledger.load(orderId)).toMatchObject({ erased: { at: seconds(99), request: 'r1' } })
  expect((await ledger.open(orderId)).order?.people).toEqual({})
  const again = { note: 'ring twice' }
  await tell(snapshot(seconds(200), { people: again }))
  expect(ledger.commits.at(-1)?.order?.people).toEqual(again)
  expect(await ledger.open(orderId)).toMatchObject({ gone: true, order: { people: {} } })
  const commits = ledger.commits.length
  await tell({ ...erased, request: 'r2' })
  expect(ledger.commits).toHaveLength(commits)
})

test('an unknown order has nothing to erase', async () => {
  const { ledger, tell } = open()
  await tell(erased)
  expect(ledger.commits).toEqual([])
})

test('an order without personal data cannot be edited, because edits are stored with it', async () => {
  const { ledger, deps, tell } = open()
  await tell(snapshot(start))
  ledger.forget(orderId)
  const command = { do: 'edit', field: 'note', value: 'x', reason: 'y' } as const
  const editing = { id: 'c1', by: 'somebody', command }
  const refused = await editOrder(orderId, editing, { ...deps, clock: () => new Date(start) })
  expect(refused).toMatchObject({ ok: false, error: { reason: expect.stringMatching(/is gone/) } })
})
