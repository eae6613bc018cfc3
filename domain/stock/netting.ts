import type { StockRow } from '../../schemas/stored/stock.ts'
import type { Location } from './places.ts'
import { freeIn } from './row.ts'

/** A row beside the others of its article. */
export interface Netted {
  readonly row: StockRow
  /** Units that may be promised from it. */
  readonly gives: number
  /** Free units that it does not give, because other rows have promised more than they have. */
  readonly keeps: number
}

type Named = Pick<Location, 'name' | 'warehouse'>

/**
 * What each row has to give. A warehouse sends from wherever an article lies, so what one place is short of is not free at its other
 * places: the shares of the same location make up for it first, then the locations that come last. Two orders that are decided at the
 * same moment see the same rows keep units, so that together they never take more than there is.
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

/** Units that may be promised from some rows, what is short among them taken off. */
export const freeOf = (rows: readonly StockRow[]): number => Math.max(0, sumOf(rows))

/** Units that some rows together have promised and do not have. */
export const shortAt = (rows: readonly StockRow[]): number => Math.max(0, -sumOf(rows))

const sumOf = (rows: readonly StockRow[]): number => rows.reduce((sum, row) => sum + freeIn(row), 0)
