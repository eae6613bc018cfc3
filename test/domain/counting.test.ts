import fc from 'fast-check'
import {
  type ArticleCount,
  type ArticleMovement,
  applyCounts,
  applyMovement,
  type CountingDeps,
} from '../../domain/stock/counting.ts'
import type { StockWrite } from '../../domain/stock/row.ts'
import { openCounting } from '../support/counting.ts'
import { tries } from '../support/laws.ts'
import { MemoryStock } from '../support/memory-stock.ts'
import { seconds, shop } from '../support/orders.ts'

const moment = (second: number) => seconds(second)
const count = (sku: string, onHand: number, second: number): ArticleCount => ({
  sku,
  onHand,
  at: moment(second),
})
const receipt = (id: string, sku: string, change: { onHand: number; second: number }) => ({
  id,
  sku,
  at: moment(change.second),
  onHand: change.onHand,
  quarantined: 0,
})

test('a late, repeated or reordered count never overrides a newer one', async () => {
  const { deps, berlin, known } = openCounting()
  const tell = async (onHand: number, second: number) => {
    const [outcome] = await applyCounts(berlin, { counts: [count('MUG', onHand, second)] }, deps)
    return outcome?.is
  }
  expect(await tell(12, 10)).toBe('changed')
  expect(await tell(12, 10)).toBe('stale')
  expect(await tell(7, 5)).toBe('stale')
  expect(known('MUG').onHand).toBe(12)
  expect(await tell(9, 20)).toBe('changed')
  expect(known('MUG').onHand).toBe(9)
})

test('movements after a count are added to it, earlier ones are in it', async () => {
  const { deps, berlin, known } = openCounting()
  await applyMovement(berlin, receipt('r1', 'MUG', { onHand: 5, second: 20 }), deps)
  await applyCounts(berlin, { counts: [count('MUG', 10, 10)] }, deps)
  expect(known('MUG').onHand).toBe(15)
  await applyMovement(berlin, receipt('r0', 'MUG', { onHand: 3, second: 5 }), deps)
  expect(known('MUG').onHand).toBe(15)
})

test('a repeated movement is ignored', async () => {
  const { deps, berlin, lyon, known } = openCounting()
  const goods = receipt('r1', 'MUG', { onHand: 5, second: 20 })
  expect(await applyMovement(berlin, goods, deps)).toBe('done')
  expect(await applyMovement(berlin, goods, deps)).toBe('known')
  expect(known('MUG').onHand).toBe(5)
  // A transfer has one number and two ends.
  expect(await applyMovement(lyon, goods, deps)).toBe('done')
  expect(known('MUG', 'lyon').onHand).toBe(5)
})

test('a full count writes only changes, and its mark covers the rest', async () => {
  const { deps, berlin, known, marks } = openCounting()
  const first = [count('MUG', 12, 10), count('TEE', 4, 10)]
  await applyCounts(berlin, { counts: first, full: true }, deps)
  const [mug] = known('MUG').rows
  const outcomes = await applyCounts(
    berlin,
    { counts: [count('MUG', 12, 30), count('TEE', 5, 30)], full: true },
    deps,
  )
  await marks.raise('berlin', moment(30))
  expect(outcomes.map(({ sku, is }) => [sku, is])).toEqual([
    ['MUG', 'unchanged'],
    ['TEE', 'changed'],
  ])
  expect(known('MUG').rows).toEqual([mug])
  const late = await applyCounts(berlin, { counts: [count('MUG', 99, 20)] }, deps)
  expect(late).toMatchObject([{ is: 'stale' }])
  await applyMovement(berlin, receipt('r1', 'MUG', { onHand: 3, second: 20 }), deps)
  expect(known('MUG').onHand).toBe(12)
})

test('a full count is written if units are reserved: their parcels may have left before it', async () => {
  const { deps, berlin, stock, known } = openCounting()
  const all = (second: number) => ({ counts: [count('MUG', 12, second)], full: true })
  await applyCounts(berlin, all(10), deps)
  promise(stock, { sku: 'MUG', share: 0, units: 3 })
  const outcomes = await applyCounts(berlin, all(30), deps)
  expect(outcomes).toMatchObject([{ is: 'unchanged' }])
  expect(known('MUG').rows).toMatchObject([{ countedAt: moment(30) }])
})

test('a full count says nothing about articles it does not contain', async () => {
  const { deps, berlin, known, marks } = openCounting()
  await applyCounts(berlin, { counts: [count('MUG', 12, 10)] }, deps)
  await applyCounts(berlin, { counts: [count('TEE', 5, 30)], full: true }, deps)
  await marks.raise('berlin', moment(30))
  await applyMovement(berlin, receipt('r1', 'MUG', { onHand: 3, second: 20 }), deps)
  expect(known('MUG')).toMatchObject({ onHand: 15, rows: [{ countedAt: moment(10) }] })
  await applyCounts(berlin, { counts: [count('MUG', 9, 25)] }, deps)
  expect(known('MUG').onHand).toBe(9)
})

test('an article missing from later full counts keeps its mark for a week, or until it is counted singly', async () => {
  const { deps, berlin, known, marks } = openCounting()
  const day = 86_400
  await applyCounts(berlin, { counts: [count('MUG', 12, 0), count('TEE', 4, 0)], full: true }, deps)
  await applyCounts(berlin, { counts: [count('TEE', 5, 10)] }, deps)
  await marks.raise('berlin', moment(day))
  await applyMovement(berlin, receipt('r1', 'MUG', { onHand: 3, second: 20 }), deps)
  await applyMovement(berlin, receipt('r2', 'TEE', { onHand: 3, second: 20 }), deps)
  expect([known('MUG').onHand, known('TEE').onHand]).toEqual([12, 8])

  await applyCounts(berlin, { counts: [count('CUP', 1, 0)], full: true }, deps)
  await marks.raise('berlin', moment(8 * day))
  await applyMovement(berlin, receipt('r3', 'CUP', { onHand: 3, second: 20 }), deps)
  expect(known('CUP').onHand).toBe(4)
})

test('a row that full counts do not change is written once a week', async () => {
  const { deps, berlin, known } = openCounting()
  const day = 86_400
  for (const second of [0, 6 * day, 7 * day + 1]) {
    await applyCounts(berlin, { counts: [count('MUG', 12, second)], full: true }, deps)
  }
  expect(known('MUG').rows).toMatchObject([{ rev: 2, countedAt: moment(7 * day + 1) }])
})

test('the shards of a hot article add up to its count, and each keeps its reservations', async () => {
  const { deps, berlin, stock, known } = openCounting()
  await applyCounts(berlin, { counts: [count('HOT', 10, 1)] }, deps)
  expect(known('HOT').rows.map(({ onHand }) => onHand)).toEqual([4, 3, 3])
  promise(stock, { sku: 'HOT', share: 2, units: 3 })
  await applyCounts(berlin, { counts: [count('HOT', 8, 2)] }, deps)
  const { rows, onHand } = known('HOT')
  expect(onHand).toBe(8)
  expect(rows.every((row) => row.onHand >= row.reserved)).toBe(true)
  expect(rows[2]?.reserved).toBe(3)
})

test('a count empties shards that the settings no longer name', async () => {
  const { deps, berlin, stock, known } = openCounting()
  await applyCounts(berlin, { counts: [count('HOT', 10, 1)] }, deps)
  promise(stock, { sku: 'HOT', share: 2, units: 3 })
  const places: CountingDeps['places'] = (article) =>
    deps.places(article).filter(({ share }) => share === 0)
  const fewer = { ...deps, places, book: new MemoryStock(places, stock) }
  await applyMovement(berlin, receipt('r1', 'HOT', { onHand: 1, second: 2 }), fewer)
  expect(known('HOT').rows.map(({ onHand }) => onHand)).toEqual([8, 0, 3])
  await applyCounts(berlin, { counts: [count('HOT', 9, 3)] }, fewer)
  expect(known('HOT').rows.map(({ onHand }) => onHand)).toEqual([6, 0, 3])
})

function promise(
  stock: MemoryStock,
  { sku, share, units }: { readonly sku: string; readonly share: number; readonly units: number },
) {
  const seen = stock.all().find((row) => row.sku === sku && row.share === share)
  if (!seen) throw new Error(`${sku} has no share ${share}`)
  const write: StockWrite = { ...seen, by: shop, reserve: units, seen }
  expect(stock.take({ writes: [write], waits: [], ended: [] })).toBe(true)
}

test('the loser of a race reads again, and fails after too many races', async () => {
  const { deps, berlin, known } = openCounting()
  const all = Array.from({ length: 8 }, (_, n) =>
    applyMovement(berlin, receipt(`r${n}`, 'MUG', { onHand: 1, second: n }), deps),
  )
  await Promise.all(all)
  expect(known('MUG').onHand).toBe(8)

  class Busy extends MemoryStock {
    override async save(): Promise<'moved'> {
      return 'moved'
    }
  }
  const busy = openCounting({ book: () => new Busy(deps.places) })
  await expect(
    applyMovement(busy.berlin, receipt('r', 'MUG', { onHand: 1, second: 1 }), busy.deps),
  ).rejects.toThrow('MUG at berlin changed 12 times')
})

test.each([
  [20, 10],
  [10, 20],
])(
  'of first counts at once, of second %i and of second %i, the newer one is left',
  async (...moments) => {
    const { deps, berlin, known } = openCounting()
    const all = (onHand: number, second: number) =>
      Array.from({ length: 120 }, (_, n) => count(`S-${n}`, onHand, second))
    await Promise.all([
      ...moments.map((second) => applyCounts(berlin, { counts: all(second, second) }, deps)),
      applyMovement(berlin, receipt('r', 'S-60', { onHand: 1, second: 30 }), deps),
    ])
    expect(known('S-0').onHand).toBe(20)
    expect(known('S-119').onHand).toBe(20)
    expect(known('S-60').onHand).toBe(21)
  },
)

const skus = ['MUG', 'HOT'] as const

type Told =
  | { readonly is: 'count'; readonly count: ArticleCount }
  | { readonly is: 'full'; readonly counts: readonly ArticleCount[] }
  | { readonly is: 'movement'; readonly movement: ArticleMovement }

/** Each at a moment of its own, as at most one thing is true at a moment. */
const told = fc
  .array(
    fc.record({
      is: fc.constantFrom('count', 'full', 'movement'),
      sku: fc.constantFrom(...skus),
      // Few numbers, so that counts often find what is known already.
      units: fc.integer({ min: 0, max: 3 }),
      bad: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((all) =>
    all.map(({ is, sku, units, bad }, n): Told => {
      const at = moment(n)
      if (is === 'movement') {
        const quarantined = (bad ?? 2) - 1
        return { is, movement: { id: `m${n}`, sku, at, onHand: units - 1, quarantined } }
      }
      const said = { at, onHand: units, ...(bad !== undefined && { quarantined: bad }) }
      if (is === 'count') return { is, count: { sku, ...said } }
      return { is: 'full', counts: skus.map((each) => ({ sku: each, ...said })) }
    }),
  )

/** As it was told, in any order and as often as anybody likes. */
const deliveries = told.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc
      .shuffledSubarray(all, { minLength: all.length })
      .chain((once) =>
        fc.array(fc.constantFrom(...once), { maxLength: 6 }).map((again) => [...once, ...again]),
      ),
  }),
)

/** The last count that says how many, and what moved since. */
function truth(all: readonly Told[], sku: string, of: 'onHand' | 'quarantined'): number {
  const counts = all.flatMap((each) =>
    each.is === 'count' ? [each.count] : each.is === 'full' ? each.counts : [],
  )
  const last = counts.findLast((each) => each.sku === sku && each[of] !== undefined)
  const since = all.flatMap((each) => (each.is === 'movement' ? [each.movement] : []))
  return since
    .filter((each) => each.sku === sku && (last === undefined || each.at > last.at))
    .reduce((sum, each) => sum + each[of], last?.[of] ?? 0)
}

test('counts and movements end in the same numbers in any order and repetition', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ all, order }) => {
      const { deps, berlin, marks, known } = openCounting()
      for (const each of order) {
        if (each.is === 'movement') await applyMovement(berlin, each.movement, deps)
        if (each.is === 'count') await applyCounts(berlin, { counts: [each.count] }, deps)
        if (each.is === 'full') {
          await applyCounts(berlin, { counts: each.counts, full: true }, deps)
          const [first] = each.counts
          if (first) await marks.raise('berlin', first.at)
        }
      }
      for (const sku of skus) {
        const { onHand, quarantined } = known(sku)
        expect([onHand, quarantined]).toEqual([
          truth(all, sku, 'onHand'),
          truth(all, sku, 'quarantined'),
        ])
      }
    }),
    tries(800),
  )
})
