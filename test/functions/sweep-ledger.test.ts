import { orderIdOf } from '../../domain/order/order-id.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { sweepLedger } from '../../functions/sweep-ledger/sweep-ledger.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { ExceptionOwner } from '../../schemas/events/exception.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { orderOf, policy, seconds, shop, start } from '../support/orders.ts'

const ids = ['1', '2', '3'].map((id) => orderIdOf(shop, id))

async function open(due: readonly OrderId[] = ids) {
  const ledger = new MemoryLedger()
  const deps = {
    ledger,
    policy,
    jitter: async () => {},
    deadlines: { due: async () => due },
    overdue: async () => new Map<ExceptionOwner, number>(),
    escalate: () => {},
    clock: () => new Date(seconds(1000)),
    log: () => {},
  }
  for (const id of ids) {
    const fact = {
      type: 'snapshot',
      order: orderOf({ id }),
      authority: 'body',
      receivedAt: start,
    } as const
    await recordFact({ id }, { ...fact, at: start }, deps)
  }
  return { ledger, deps }
}

test('overdue orders get a deadline fact', async () => {
  const { ledger, deps } = await open()
  await sweepLedger(deps)
  for (const id of ids) {
    const state = await ledger.load(id)
    expect(Object.keys(state?.exceptions ?? {})).toEqual(['overdue:accepted'])
    expect(state?.intents['create-order']?.resends).toBe(1)
  }
})

test('when more is due than an index shows at one time, it goes on', async () => {
  const { ledger, deps } = await open()
  const pages = ids.map((id) => [id])
  const deadlines = { due: async () => pages.shift() ?? [] }
  await sweepLedger({ ...deps, deadlines })
  for (const id of ids)
    expect((await ledger.load(id))?.exceptions).toHaveProperty('overdue:accepted')
})

test('it stops before its timeout and leaves the rest to the next run', async () => {
  const { ledger, deps } = await open()
  const pages = ids.map((id) => [id])
  let second = 1000
  const deadlines = {
    due: async () => {
      second += 11
      return pages.shift() ?? []
    },
  }
  await sweepLedger({ ...deps, deadlines, clock: () => new Date(seconds(second)) })
  expect(pages).toHaveLength(1)
  expect((await ledger.load(ids[2] ?? ''))?.exceptions).toEqual({})
})

test('a failing order does not block others, and is reported', async () => {
  const { ledger, deps } = await open()
  const broken = {
    load: async (id: OrderId) => {
      if (id === ids[0]) throw new Error('ThrottlingException')
      return ledger.load(id)
    },
    commit: ledger.commit.bind(ledger),
    open: ledger.open.bind(ledger),
  }
  await expect(sweepLedger({ ...deps, ledger: broken })).rejects.toThrow('1 of 3 orders')
  expect((await ledger.load(ids[2] ?? ''))?.exceptions).toHaveProperty('overdue:accepted')
})

test('an index that lags behind and names an order twice, or one that is not due, changes nothing', async () => {
  const { ledger, deps } = await open([...ids, ...ids])
  await sweepLedger(deps)
  const commits = ledger.commits.length
  await sweepLedger(deps)
  expect(ledger.commits).toHaveLength(commits)
  expect(commits).toBe(6)
})

test('only owners with overdue orders get an alarm, with the number of orders', async () => {
  const { deps } = await open()
  const rung: (readonly [ExceptionOwner, number])[] = []
  const overdue = async () =>
    new Map<ExceptionOwner, number>([
      ['finance', 2],
      ['warehouse', 0],
    ])
  await sweepLedger({ ...deps, overdue, escalate: (owner, n) => rung.push([owner, n]) })
  expect(rung).toEqual([['finance', 2]])
})
