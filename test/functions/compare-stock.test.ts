import { shipbob } from '../../connectors/shipbob/index.ts'
import { halt } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import { applyCounts, applyMovement } from '../../domain/stock/counting.ts'
import type { CountPage, Counts } from '../../domain/stock/counts.ts'
import { type CompareStockDeps, compareStock } from '../../functions/compare-stock/compare-stock.ts'
import type { DriftPolicy } from '../../schemas/settings.ts'
import type { CountRun, Tally } from '../../schemas/stored/count-run.ts'
import { openCounting } from '../support/counting.ts'
import { memoryGate } from '../support/memory-guard.ts'
import { seconds, shop } from '../support/orders.ts'
import { shipbobAccount } from '../support/shipbob.ts'

const none: Tally = {
  articles: 0,
  changed: 0,
  inFlight: 0,
  missed: 0,
  foreign: 0,
  raised: 0,
  refused: 0,
}

function open(counts: Counts = shipbob.counts as Counts, drift: DriftPolicy = 'correct') {
  const stage = shipbobAccount()
  const counting = openCounting()
  const measured: Tally[] = []
  const logged: { readonly did: string; readonly reason?: string }[] = []
  const kept: { run: CountRun | undefined; left: number } = { run: undefined, left: 60_000 }
  const now = () => stage.world.clock
  const { gate } = memoryGate(stage.account, now)
  const deps: CompareStockDeps = {
    ...counting.deps,
    location: { ...counting.berlin, count: { everyMinutes: 60, tolerance: 10, drift } },
    code: '8',
    counts,
    gate,
    runs: {
      read: async () => kept.run,
      write: async (run) => {
        kept.run = run
      },
    },
    clock: now,
    left: () => kept.left,
    measure: (_, tally) => measured.push(tally),
    log: (_, fields) => logged.push(fields),
  }
  const shelf = (units: Readonly<Record<string, number>>) => {
    const all = Object.entries(units).map(([sku, onHand]) => ({ sku, onHand }))
    stage.twin.takeStock?.(JSON.stringify({ counts: all }))
  }
  return {
    ...stage,
    ...counting,
    deps,
    kept,
    measured,
    logged,
    shelf,
    compare: () => compareStock(deps),
  }
}

test("a warehouse's count is recorded, and a second comparison writes nothing", async () => {
  const { shelf, compare, known, measured, stock, pass, marks, world } = open()
  shelf({ MUG: 12, TEE: 3 })
  await compare()
  expect([known('MUG').onHand, known('TEE').onHand]).toEqual([12, 3])
  const before = stock.all()
  await pass(60_000)
  await compare()
  expect(stock.all()).toEqual(before)
  expect(measured).toEqual([
    { ...none, articles: 2, changed: 2 },
    { ...none, articles: 2 },
  ])
  expect(await marks.read('berlin')).toBe(world.clock.toISOString())
})

test('a difference is corrected and reported with its explanation', async () => {
  const { shelf, compare, known, measured, stock, pass } = open()
  shelf({ LEFT: 10, CAME: 10, TAKEN: 10, SAME: 10 })
  await compare()
  for (const row of stock.all()) {
    const write = { ...row, by: shop, reserve: 2, seen: row }
    stock.take({ writes: [write], waits: [], ended: [] })
  }
  await pass(60_000)
  shelf({ LEFT: 8, CAME: 15, TAKEN: 7, SAME: 10 })
  await compare()
  expect(measured.at(-1)).toEqual({
    ...none,
    articles: 4,
    changed: 3,
    inFlight: 2,
    missed: 5,
    foreign: 3,
  })
  expect(['LEFT', 'CAME', 'TAKEN', 'SAME'].map((sku) => known(sku).onHand)).toEqual([8, 15, 7, 10])
  expect(known('LEFT').reserved).toBe(2)
})

test('units reserved at another location may have shipped from this one', async () => {
  const { shelf, compare, known, measured, stock, pass, deps, lyon, world } = open(undefined, {
    raiseAbove: { units: 1 },
  })
  shelf({ MUG: 10 })
  await compare()
  const counts = [{ sku: 'MUG', onHand: 3, at: world.clock.toISOString() }]
  await applyCounts(lyon, { counts }, deps)
  const [row] = known('MUG', 'lyon').rows
  if (!row) throw new Error('it was counted')
  stock.take({ writes: [{ ...row, by: shop, reserve: 3, seen: row }], waits: [], ended: [] })
  await pass(60_000)
  shelf({ MUG: 7 })
  await compare()
  expect(measured.at(-1)).toEqual({ ...none, articles: 1, changed: 1, inFlight: 3 })
  expect(known('MUG').onHand).toBe(7)
})

test('a movement after the page was requested is not drift', async () => {
  const { shelf, compare, measured, stock, known, world } = open()
  shelf({ MUG: 12 })
  await compare()
  const [row] = known('MUG').rows
  const at = new Date(world.clock.getTime() + 60_000).toISOString()
  if (!row) throw new Error('it was counted')
  const left = { ...row, by: shop, reserve: 0, left: { units: 2, at }, seen: row }
  expect(stock.take({ writes: [left], waits: [], ended: [] })).toBe(true)
  await compare()
  expect(measured.at(-1)).toMatchObject({ inFlight: 0, missed: 0, foreign: 0 })
  expect(known('MUG').onHand).toBe(10)
})

test('a page that took minutes is discarded and read again in the next run', async () => {
  const { read } = shipbob.counts as Counts
  const minutes = [2]
  const { shelf, compare, known, logged, measured, pass } = open({
    read: async (...asked) => {
      const page = await read(...asked)
      await pass((minutes.shift() ?? 0) * 60_000)
      return page
    },
  })
  shelf({ MUG: 12 })
  await compare()
  expect(known('MUG').rows).toEqual([])
  expect(logged.at(-1)?.reason).toBe('reading a page took too long to count as one point in time')
  await compare()
  expect(known('MUG').onHand).toBe(12)
  expect(measured).toMatchObject([{ articles: 1 }])
})

const many = (n: number, units = 5) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`S-${i}`, units]))

test('after throttling, the comparison continues where it stopped', async () => {
  const { shelf, compare, account, kept, measured, stock, logged, pass } = open()
  shelf(many(600))
  account.misbehave('throttle', { which: ({ url }) => url.includes('cursor') })
  await compare()
  expect(stock.all()).toHaveLength(250)
  expect(kept.run).toMatchObject({ tally: { articles: 250 } })
  expect(logged.at(-1)?.reason).toContain('150 requests')
  expect(measured).toEqual([])
  await pass(60_000)
  await compare()
  expect(stock.all()).toHaveLength(600)
  expect(kept.run).toBeUndefined()
  expect(measured).toMatchObject([{ articles: 600, changed: 600 }])
})

test('a long comparison continues in the next run, as of its start', async () => {
  const { shelf, compare, kept, measured, marks, world, pass } = open()
  shelf(many(600))
  const began = world.clock.toISOString()
  kept.left = 1000
  await compare()
  await pass(60_000)
  await compare()
  expect(await marks.read('berlin')).toBeUndefined()
  await pass(60_000)
  await compare()
  expect(measured).toMatchObject([{ articles: 600 }])
  expect(await marks.read('berlin')).toBe(began)
})

const page = (change: Partial<CountPage>): CountPage => ({
  counts: [],
  refused: [],
  at: seconds(60),
  ...change,
})

const counted = (units: Readonly<Record<string, number>>) =>
  Object.entries(units).map(([sku, onHand]) => ({ sku, onHand }))

/** A system that answers these, one after another, and the last one for ever. */
function answering(...pages: readonly CountPage[]): Counts {
  let n = 0
  return { read: async () => ok(pages[Math.min(n++, pages.length - 1)] ?? page({})) }
}

test('a page on which everything is gone is rejected', async () => {
  const counts = answering(page({ counts: counted(many(50, 0)) }))
  const { deps, berlin, compare, known, stock, marks } = open(counts)
  const before = counted(many(50)).map((one) => ({ ...one, at: seconds(1) }))
  await applyCounts(berlin, { counts: before }, deps)
  await expect(compare()).rejects.toThrow('50 of 50 articles of a page would be gone at once')
  expect(known('S-7').onHand).toBe(5)
  expect(stock.all().every(({ onHand }) => onHand === 5)).toBe(true)
  expect(await marks.read('berlin')).toBeUndefined()
})

test('a page on which most articles were always at zero is accepted', async () => {
  const { compare, stock } = open(answering(page({ counts: counted(many(50, 0)) })))
  await compare()
  expect(stock.all()).toHaveLength(50)
})

test('repeating pages are rejected', async () => {
  const circle = answering(page({ cursor: 'a' }), page({ cursor: 'b' }), page({ cursor: 'a' }))
  const { compare, kept } = open(circle)
  await expect(compare()).rejects.toThrow('repeats its pages')
  expect(kept.run).toBeUndefined()
})

test('an article on two pages keeps its first number, and the count is not full', async () => {
  const twice = answering(
    page({ counts: counted({ MUG: 4 }), cursor: 'a' }),
    page({ counts: counted({ MUG: 9, TEE: 1 }), at: seconds(61) }),
  )
  const { compare, known, marks, measured } = open(twice)
  await compare()
  expect(known('MUG').onHand).toBe(4)
  expect(measured).toMatchObject([{ articles: 2, refused: 1 }])
  expect(await marks.read('berlin')).toBeUndefined()
})

test('an empty answer is not a full count', async () => {
  const { compare, marks, measured } = open(answering(page({})))
  await compare()
  expect(measured).toHaveLength(1)
  expect(await marks.read('berlin')).toBeUndefined()
})

test('unreadable rows are counted, and the rest is applied', async () => {
  const { compare, known, measured, marks } = open(
    answering(page({ counts: counted({ MUG: 4 }), refused: ['row 2 of a page: sku'] })),
  )
  await compare()
  expect(known('MUG').onHand).toBe(4)
  expect(measured).toMatchObject([{ articles: 1, refused: 1 }])
  expect(await marks.read('berlin')).toBeUndefined()
})

test('a page in an unknown format changes nothing and is retried', async () => {
  const { compare, account, stock, logged } = open()
  account.misbehave('html')
  await compare()
  expect(stock.all()).toEqual([])
  expect(logged.at(-1)?.reason).toContain('something that is not JSON')
})

test('a refused cursor is not sent again', async () => {
  let asked: (string | undefined)[] = []
  const counts: Counts = {
    read: async (_, { cursor }) => {
      asked = [...asked, cursor]
      if (cursor === undefined) return ok(page({ counts: counted({ MUG: 1 }), cursor: 'a' }))
      return err({ next: 'except', code: 'effect-refused', reason: 'no such cursor' })
    },
  }
  const { compare } = open(counts)
  await compare()
  await compare()
  expect(asked).toEqual([undefined, 'a', undefined, 'a'])
})

test('a run is skipped while the breaker is open', async () => {
  let asked = 0
  const counts: Counts = {
    read: async (account) => {
      asked += 1
      await account.send({ kind: 'read', method: 'GET', url: 'https://api.shipbob.com/2026-01/x' })
      return err(halt('the access token is refused'))
    },
  }
  const { compare, logged } = open(counts)
  await compare()
  await compare()
  expect(asked).toBe(1)
  expect(logged.at(-1)?.reason).toContain('the access token is refused')
})

describe('where drift is left to a person', () => {
  const raised = async (policy: { readonly units?: number; readonly percent?: number }) => {
    const world = open(undefined, { raiseAbove: policy })
    world.shelf({ MUG: 10, TEE: 100 })
    await world.compare()
    await world.pass(60_000)
    return world
  }

  test('only what is too far off is left as it was, and counted', async () => {
    const { shelf, compare, known, measured } = await raised({ units: 5 })
    shelf({ MUG: 16, TEE: 95 })
    await compare()
    expect([known('MUG').onHand, known('TEE').onHand]).toEqual([10, 95])
    expect(known('MUG').rows[0]?.doubted?.onHand).toBe(16)
    expect(measured.at(-1)).toMatchObject({ changed: 1, raised: 1, missed: 6, foreign: 5 })
  })

  test('too far may be so many of a hundred', async () => {
    const { shelf, compare, known } = await raised({ percent: 10 })
    shelf({ MUG: 8, TEE: 90 })
    await compare()
    expect([known('MUG').onHand, known('TEE').onHand]).toEqual([10, 90])
  })

  test('what parcels on their way explain is never too far', async () => {
    const { shelf, compare, known, stock } = await raised({ units: 1 })
    for (const row of stock.all().filter(({ sku }) => sku === 'MUG')) {
      stock.take({ writes: [{ ...row, by: shop, reserve: 4, seen: row }], waits: [], ended: [] })
    }
    shelf({ MUG: 6, TEE: 100 })
    await compare()
    expect(known('MUG').onHand).toBe(6)
  })

  test('a full count does not stand for what was left, and what moved meanwhile is kept', async () => {
    const { shelf, compare, known, deps, berlin, world } = await raised({ units: 5 })
    shelf({ MUG: 50, TEE: 100 })
    await compare()
    const at = new Date(world.clock.getTime() - 30_000).toISOString()
    await applyMovement(berlin, { id: 'r1', sku: 'MUG', at, onHand: 2, quarantined: 0 }, deps)
    expect(known('MUG').onHand).toBe(12)
  })

  test('it is looked at again and written once, until a person counts or the system comes back', async () => {
    const { shelf, compare, known, deps, berlin, measured, pass, world } = await raised({
      units: 5,
    })
    shelf({ MUG: 50, TEE: 100 })
    await compare()
    const [row] = known('MUG').rows
    await pass(60_000)
    await compare()
    expect(known('MUG').rows).toEqual([row])
    expect(measured.at(-1)?.raised).toBe(1)

    const count = { sku: 'MUG', at: world.clock.toISOString(), onHand: 50 }
    await applyCounts(berlin, { counts: [count] }, deps)
    expect([known('MUG').onHand, known('MUG').rows[0]?.doubted]).toEqual([50, undefined])
    await pass(60_000)
    await compare()
    expect(measured.at(-1)?.raised).toBe(0)

    shelf({ MUG: 10, TEE: 100 })
    await pass(60_000)
    await compare()
    expect(known('MUG')).toMatchObject({ onHand: 50, rows: [{ doubted: { onHand: 10 } }] })
    shelf({ MUG: 50, TEE: 100 })
    await pass(60_000)
    await compare()
    expect(known('MUG').rows[0]?.doubted).toBeUndefined()
  })
})
