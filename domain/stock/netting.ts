import type { StockRow } from '../../schemas/stored/stock.ts'
import type { Location } from './places.ts'
import { freeIn } from './row.ts'

/** A row together with what its article's other rows need. */
export interface Netted {
  readonly row: StockRow
  /** Units that may be reserved from it. */
  readonly gives: number
  /** Free units that it withholds because other rows have reserved more than they have. */
  readonly keeps: number
}

type Named = Pick<Location, 'name' | 'warehouse'>

/**
 * What each row can give. A warehouse ships from any of its locations, so a shortage at one reduces the others: first
 * shards of the same location, then the lowest-priority locations. Concurrent orders see the same withheld units, so
 * together they never take more than there is.
 */
export const netted = (rows: readonly StockRow[], locations: readonly Named[]): readonly Netted[] =>
  [...Map.groupBy(rows, ({ sku }) => sku).values()].flatMap((article) => {
    const places = locations.map(({ name, warehouse }) =>
      article
        .filter((row) => row.location === name && row.warehouse === warehouse)
        .toSorted((a, b) => a.share - b.share),
    )
    let left = freeOf(places.flat())
    return places.flatMap((shares) => {
      let here = Math.min(left, freeOf(shares))
      left -= here
      return shares.map((row) => {
        const free = Math.max(0, freeIn(row))
        const gives = Math.min(here, free)
        here -= gives
        return { row, gives, keeps: free - gives }
      })
    })
  })

/** Units that may be reserved from some rows, minus their shortages. */
export const freeOf = (rows: readonly StockRow[]): number => Math.max(0, sumOf(rows))

/** Units that some rows together have reserved but do not have. */
export const shortAt = (rows: readonly StockRow[]): number => Math.max(0, -sumOf(rows))

const sumOf = (rows: readonly StockRow[]): number => rows.reduce((sum, row) => sum + freeIn(row), 0)
