import fc from 'fast-check'
import type { Commit, Ledger, StockBook, StockChanges } from '../../domain/ports.ts'
import type { StockPolicy } from '../../domain/stock/places.ts'
import {
  counted,
  emptyRow,
  freeIn,
  memory,
  moved,
  type StockWrite,
  written,
} from '../../domain/stock/row.ts'
import type { Place, StockRow } from '../../schemas/stored/stock.ts'
import { tries } from './laws.ts'
import { captureOf } from './ledger-contract.ts'
import { orderId, seconds, shop, start, wms } from './orders.ts'
import { wanting } from './stock-room.ts'

interface Opened {
  readonly ledger: Ledger
  readonly stock: StockBook
}

let articles = 0
const newPlace = (): Place => {
  articles += 1
  return { warehouse: wms, sku: `A${articles}`, location: 'main', share: 0 }
}

/** One place per article, two for those that begin with H. */
export const placesOf: StockPolicy['placesOf'] = ({ warehouse, sku }) =>
  Array.from({ length: sku.startsWith('H') ? 2 : 1 }, (_, share) => ({
    warehouse,
    sku,
    location: 'main',
    share,
  }))

let orders = 0
/** A commit of some order that changes stock. */
function commitWith(stock: StockChanges): Commit {
  orders += 1
  return { ...captureOf(wanting(`stock-${orders}`, { MUG: 1 }).id), stock }
}

const only = (...writes: readonly StockWrite[]): StockChanges => ({ writes, waits: [], ended: [] })

/** What stock owes to orders and to those who count. */
export function stockContract(open: () => Opened): void {
  const counting = async (onHand: number, place = newPlace()) => {
    const { stock } = open()
    const [after = emptyRow(place)] = counted([emptyRow(place)], { at: start, onHand })
    expect(await stock.save({ rows: [{ before: emptyRow(place), after }] })).toBe('done')
    return after
  }
  const at = async (place: Place): Promise<StockRow> => {
    const rows = await open().stock.rows([place])
    const [row] = rows.filter(({ share }) => share === place.share)
    if (!row) throw new Error(`there is no row of ${place.sku}`)
    return row
  }
  const write = (seen: StockRow, reserve: number, left?: StockWrite['left']): StockWrite => {
    const { warehouse, sku, location, share } = seen
    return { warehouse, sku, location, share, by: shop, reserve, seen, ...(left && { left }) }
  }

  test('knows nothing of an article that nobody counted', async () => {
    expect(await open().stock.rows([newPlace()])).toEqual([])
  })

  test('reads the shares that the first one tells of, and places that somebody holds, each once', async () => {
    const { stock } = open()
    const first = newPlace()
    const shares = [0, 1, 2].map((share) => ({ ...emptyRow({ ...first, share }), rev: 1 }))
    const known = shares.map((row) => (row.share === 0 ? { ...row, shares: 3 } : row))
    const away = { ...emptyRow({ ...first, location: 'elsewhere' }), rev: 1 }
    const rows = [...known, away].map((after) => ({ before: { ...after, rev: 0 }, after }))
    expect(await stock.save({ rows })).toBe('done')
    const byShare = (all: readonly StockRow[]) => all.map((row) => [row.location, row.share])
    const usual = [0, 1, 2].map((share) => ['main', share])
    expect(byShare(await stock.rows([first]))).toEqual(usual)
    const held = [known[0], known[2], away].flatMap((place) => place ?? [])
    expect(byShare(await stock.rows([first], held)).toSorted()).toEqual([
      ['elsewhere', 0],
      ...usual,
    ])
  })

  test('promises with the order, or neither', async () => {
    const row = await counting(3)
    const { ledger } = open()
    const first = commitWith(only(write(row, 2)))
    expect(await ledger.commit(first)).toBe(true)
    const second = commitWith(only(write(row, 2)))
    expect(await ledger.commit(second)).toBe(false)
    expect(await ledger.load(second.after.id)).toBeUndefined()
    const after = await at(row)
    expect([after.reserved, freeIn(after), after.reservedBy[shop]]).toEqual([2, 1, 2])
  })

  test('of many who want the last units as many get them as there are', async () => {
    const row = await counting(5)
    const { ledger } = open()
    const tried = await Promise.all(
      Array.from({ length: 20 }, () => ledger.commit(commitWith(only(write(row, 1))))),
    )
    expect(tried.filter(Boolean).length).toBeLessThanOrEqual(5)
    expect((await at(row)).reserved).toBe(tried.filter(Boolean).length)
  })

  test('what other places are short of is not promised', async () => {
    const row = await counting(3)
    const { ledger } = open()
    const keeping = (reserve: number) => commitWith(only({ ...write(row, reserve), keeps: 2 }))
    expect(await ledger.commit(keeping(2))).toBe(false)
    expect(await ledger.commit(keeping(1))).toBe(true)
    expect(await ledger.commit(keeping(1))).toBe(false)
    expect((await at(row)).reserved).toBe(1)
  })

  test('a count in between makes an order look again', async () => {
    const row = await counting(3)
    const { ledger, stock } = open()
    const [after = row] = counted([row], { at: seconds(60), onHand: 2 })
    await stock.save({ rows: [{ before: row, after }] })
    const left = { units: 1, at: seconds(30) }
    expect(await ledger.commit(commitWith(only(write(row, 0, left))))).toBe(false)
    expect(await ledger.commit(commitWith(only(write(after, 0, left))))).toBe(true)
    expect((await at(row)).onHand).toBe(2)
  })

  test('who counts from what is no longer so has to count anew', async () => {
    const row = await counting(3)
    const { ledger, stock } = open()
    await ledger.commit(commitWith(only(write(row, 1))))
    const [after = row] = counted([row], { at: seconds(60), onHand: 9 })
    expect(await stock.save({ rows: [{ before: row, after }] })).toBe('moved')
    expect((await at(row)).onHand).toBe(3)
  })

  test('a movement happens once, whatever its row is by then', async () => {
    const row = await counting(3)
    const { stock } = open()
    const step = (before: StockRow) => {
      const [after = before] = moved([before], { at: seconds(5), onHand: 2, quarantined: 1 })
      return { id: `goods-in ${row.sku}`, rows: [{ before, after }] }
    }
    expect(await stock.save(step(row))).toBe('done')
    expect(await stock.save(step(row))).toBe('known')
    expect(await stock.save(step(await at(row)))).toBe('known')
    expect(await at(row)).toMatchObject({ onHand: 5, quarantined: 1 })
  })

  test('an id that was written for something else writes nothing and says so', async () => {
    const row = await counting(3)
    const { stock } = open()
    const id = `goods-in-told-twice ${row.sku}`
    const step = (before: StockRow, units: number, content?: string) => {
      const [after = before] = moved([before], { at: seconds(5), onHand: units, quarantined: 0 })
      return { id, ...(content !== undefined && { content }), rows: [{ before, after }] }
    }
    expect(await stock.save(step(row, 2, 'two'))).toBe('done')
    expect(await stock.save(step(await at(row), 2, 'two'))).toBe('known')
    expect(await stock.save(step(await at(row), 3, 'three'))).toBe('other')
    expect(await stock.save(step(await at(row), 3))).toBe('known')
    expect(await at(row)).toMatchObject({ onHand: 5 })
  })

  test('an id is kept without a row, and what was written without a content is any', async () => {
    const { stock } = open()
    const { sku } = newPlace()
    expect(await stock.save({ id: `whole ${sku}`, content: 'one', rows: [] })).toBe('done')
    expect(await stock.save({ id: `whole ${sku}`, content: 'one', rows: [] })).toBe('known')
    expect(await stock.save({ id: `whole ${sku}`, content: 'two', rows: [] })).toBe('other')
    expect(await stock.save({ id: `old ${sku}`, rows: [] })).toBe('done')
    expect(await stock.save({ id: `old ${sku}`, content: 'two', rows: [] })).toBe('known')
    expect(await stock.save({ rows: [] })).toBe('done')
  })

  test('several rows are written together or not at all', async () => {
    const one = await counting(3)
    const other = await counting(3)
    const { stock } = open()
    const rows = [one, { ...other, rev: 7 }].map((before) => ({
      before,
      after: { ...before, rev: before.rev + 1, onHand: 99 },
    }))
    expect(await stock.save({ rows })).toBe('moved')
    expect((await at(one)).onHand).toBe(3)
  })

  test('an order waits, and no longer', async () => {
    const { warehouse, sku } = newPlace()
    const wait = { warehouse, sku, orderId, since: start }
    const { ledger } = open()
    expect(await ledger.commit(commitWith({ writes: [], waits: [wait], ended: [] }))).toBe(true)
    expect(await ledger.commit(commitWith({ writes: [], waits: [], ended: [wait] }))).toBe(true)
  })

  test('does with a row what the rule says, whatever comes', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: memory + 8 }), async (steps) => {
        const place = newPlace()
        let model = await counting(6, place)
        const { ledger, stock } = open()
        for (const { reserve, keeps, left, minute, count } of steps) {
          const seen = await at(place)
          expect(withoutOrder(seen)).toEqual(withoutOrder(model))
          if (count) {
            const [after = seen] = counted([seen], { at: seconds(minute * 60), onHand: left + 4 })
            if (after !== seen) await stock.save({ rows: [{ before: seen, after }] })
            model = after
            continue
          }
          const gone = { units: left, at: seconds(minute * 60) }
          const change = { ...write(seen, reserve, gone), keeps }
          const after = written(model, change)
          expect(await ledger.commit(commitWith(only(change)))).toBe(after !== undefined)
          model = after ?? model
        }
        expect(withoutOrder(await at(place))).toEqual(withoutOrder(model))
      }),
      tries(20),
    ))
}

const step = fc.record({
  reserve: fc.integer({ min: -2, max: 3 }),
  keeps: fc.nat(2),
  left: fc.integer({ min: -1, max: 2 }),
  minute: fc.nat(30),
  count: fc.nat(9).map((n) => n === 0),
})

/** Rows remember movements in whatever order they came. */
const withoutOrder = (row: StockRow) => ({
  ...row,
  since: row.since.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.units - b.units)),
})
