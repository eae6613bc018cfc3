import fc from 'fast-check'
import {
  type Count,
  counted,
  emptyRow,
  freeIn,
  type Movement,
  memory,
  moved,
  remembered,
} from '../../domain/stock/row.ts'
import type { Moved, StockRow } from '../../schemas/stored/stock.ts'
import { tries } from '../support/laws.ts'
import { seconds, wms } from '../support/orders.ts'

type Told = { readonly count: Count } | { readonly movement: Movement }

const sharesOf = (shares: number): readonly StockRow[] =>
  Array.from({ length: shares }, (_, share) =>
    emptyRow({ warehouse: wms, sku: 'MUG', location: 'main', share }),
  )

const learn = (rows: readonly StockRow[], told: Told): readonly StockRow[] =>
  'count' in told ? counted(rows, told.count) : moved(rows, told.movement)

const few = fc.integer({ min: -3, max: 3 })
const optional = fc.option(fc.nat(5), { nil: undefined })

const anyCount = fc.record({ onHand: fc.nat(9), quarantined: optional, incoming: optional })
const anyMovement = fc
  .record({ onHand: few, quarantined: few })
  .filter(({ onHand, quarantined }) => onHand !== 0 || quarantined !== 0)

/** Each at a moment of its own, no more movements than a row remembers. */
const history = fc
  .array(fc.oneof(anyCount, anyMovement), { minLength: 1, maxLength: memory })
  .map((all) =>
    all.map((one, n): Told => {
      const at = seconds(n)
      if (!('incoming' in one)) return { movement: { at, ...one } }
      const { onHand, quarantined, incoming } = one
      const expected = incoming === 0 ? [] : [{ units: incoming ?? 1, expectedAt: seconds(900) }]
      return {
        count: {
          at,
          onHand,
          ...(quarantined !== undefined && { quarantined }),
          ...(incoming !== undefined && { incoming: expected }),
        },
      }
    }),
  )

/** The same in any order; counts, which have no id of their own, as often as anybody likes. */
const shuffled = history.chain((all) =>
  fc.record({
    all: fc.constant(all),
    shares: fc.constantFrom(1, 3),
    order: fc
      .shuffledSubarray(all, { minLength: all.length })
      .chain((once) =>
        fc
          .array(fc.constantFrom(...once), { maxLength: 6 })
          .map((again) => [...once, ...again.filter((told) => 'count' in told)]),
      ),
  }),
)

const ends = (shares: number, told: readonly Told[]) =>
  told.reduce(learn, sharesOf(shares)).map(({ rev: _, quarantinedSince = [], ...row }) => {
    // Of a row that never moved it is not said that nothing did.
    return { ...row, quarantinedSince }
  })

test('counts and movements in any order, repeated, end in the same rows', () =>
  fc.assert(
    fc.property(shuffled, ({ all, order, shares }) => {
      expect(ends(shares, order)).toEqual(ends(shares, all))
    }),
    tries(2000),
  ))

test('a row ends like a simple book of record', () =>
  fc.assert(
    fc.property(shuffled, ({ all, order, shares }) => {
      const rows = order.reduce(learn, sharesOf(shares))
      const book = { onHand: 0, quarantined: 0 }
      for (const told of all) {
        const { onHand, quarantined } = 'count' in told ? told.count : told.movement
        const isCount = 'count' in told
        book.onHand = isCount ? onHand : book.onHand + onHand
        book.quarantined = isCount
          ? (quarantined ?? book.quarantined)
          : book.quarantined + (quarantined ?? 0)
      }
      const free = rows.reduce((sum, row) => sum + freeIn(row), 0)
      expect(free).toBe(book.onHand - Math.max(0, book.quarantined))
    }),
    tries(1000),
  ))

test('a release reported before its quarantine cancels out', () => {
  const release = { movement: { at: seconds(2), onHand: 0, quarantined: -1 } }
  const bad = { movement: { at: seconds(1), onHand: 0, quarantined: 1 } }
  const count = { count: { at: seconds(0), onHand: 5 } }
  const [early] = [count, release].reduce(learn, sharesOf(1))
  expect(early && freeIn(early)).toBe(5)
  const [row] = [count, release, bad].reduce(learn, sharesOf(1))
  expect(row).toMatchObject({ onHand: 5, quarantined: 0 })
})

test('a memory that is full errs on the safe side', () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(40).map((n) => seconds(n)), units: few }), {
        minLength: memory + 1,
        maxLength: memory + 8,
      }),
      fc.nat(40).map((n) => seconds(n)),
      (moves, at) => {
        const total = (all: readonly Moved[]) =>
          all.filter((one) => one.at > at).reduce((sum, { units }) => sum + units, 0)
        const there = moves.reduce<Moved[]>((all, one) => remembered(all, one), [])
        const gone = moves.reduce<Moved[]>((all, one) => remembered(all, one, 'gone'), [])
        expect(there.length).toBe(memory)
        expect(total(there)).toBeLessThanOrEqual(total(moves))
        expect(total(gone)).toBeGreaterThanOrEqual(total(moves))
      },
    ),
    tries(500),
  ))

test("a late count does not make quarantined units sellable, even beyond the row's memory", () => {
  const rows = Array.from({ length: memory + 1 }, (_, n) => ({
    movement: { at: seconds(n + 1), onHand: 0, quarantined: 1 },
  })).reduce(learn, sharesOf(1))
  const [row] = counted(rows, { at: seconds(1), onHand: 50, quarantined: 0 })
  expect(row?.quarantined).toBeGreaterThanOrEqual(memory)
})
