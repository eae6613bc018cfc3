import type { StockRow } from '../../schemas/stored/stock.ts'
import type { Count } from './row.ts'

/**
 * Why a count differs from the expected number. `in-flight`: fewer, but within what orders have reserved: parcels left
 * and their reports have not arrived. `missed`: more: a receipt was not reported. `foreign`: fewer than our orders can
 * explain: something else took units.
 */
export interface Drift {
  readonly is: 'in-flight' | 'missed' | 'foreign'
  /** Always above 0. */
  readonly units: number
}

export interface Found {
  /** The earlier stock at the location, all shards. */
  readonly before: readonly StockRow[]
  /** Units reserved at the other locations of the warehouse, which may ship from here. */
  readonly elsewhere: number
  readonly count: Count
}

/** `undefined` if the count was as expected, or the article was never counted before. */
export function driftOf({ before: rows, elsewhere, count }: Found): Drift | undefined {
  if (rows.length === 0 || rows.some(({ countedAt }) => countedAt === undefined)) return undefined
  const since = rows.flatMap((row) => row.since).filter(({ at }) => at > count.at)
  const moved = since.reduce((sum, { units }) => sum + units, 0)
  const known = rows.reduce((sum, { onHand }) => sum + onHand, 0) - moved
  const units = Math.abs(count.onHand - known)
  if (units === 0) return undefined
  if (count.onHand > known) return { is: 'missed', units }
  const promised = rows.reduce((sum, { reserved }) => sum + reserved, elsewhere)
  return { is: units <= promised ? 'in-flight' : 'foreign', units }
}
