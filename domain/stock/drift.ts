import type { StockRow } from '../../schemas/stored/stock.ts'
import type { Count } from './row.ts'

/**
 * What explains that a count found another number than was known of its moment.
 * `in-flight`: fewer, but no fewer than orders have promised: their parcels left and their reports are on their way.
 * `missed`: more: goods came and nobody told. `foreign`: fewer than our orders could have taken: somebody else did.
 */
export interface Drift {
  readonly is: 'in-flight' | 'missed' | 'foreign'
  /** Always above 0. */
  readonly units: number
}

export interface Found {
  /** What was known of the article at the location, its shares together. */
  readonly before: readonly StockRow[]
  /** Units that orders have at the other locations of the warehouse, which may send them from here. */
  readonly elsewhere: number
  readonly count: Count
}

/** `undefined` when the count found what was known, or the article was never counted before. */
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
