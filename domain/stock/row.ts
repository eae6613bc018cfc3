import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Place, StockRow } from '../../schemas/stored/stock.ts'

/** Units that may still be promised; negative when a count found less than was promised before. */
export const freeIn = ({ onHand, quarantined, reserved }: StockRow): number =>
  onHand - quarantined - reserved

/** What an order changes at one place, in one step; all of it or nothing. */
export interface StockWrite extends Place {
  /** The channel that sold it. */
  readonly by: ConnectionId
  /** Units promised to the order; negative gives them back. */
  readonly reserve: number
  /** Units that left at a moment; negative when a parcel turns out not to have had them. */
  readonly left?: { readonly units: number; readonly at: Instant }
  /** The row that this was decided on: a count in between may have seen the parcel leave. */
  readonly seen: StockRow
}

/**
 * The row after an order's step; `undefined` when it no longer can be: the units are not there any more, or a count came in
 * between. What has left is a fact, whatever it leaves behind; what is promised has to be there.
 */
export function written(row: StockRow, write: StockWrite): StockRow | undefined {
  if (row.countedAt !== write.seen.countedAt) return undefined
  const { by, reserve } = write
  const { left, gone } = leaving(write)
  const reserved = row.reserved + reserve
  const after: StockRow = {
    ...row,
    rev: row.rev + 1,
    reserved,
    onHand: row.onHand - gone,
    reservedBy: { ...row.reservedBy, [by]: (row.reservedBy[by] ?? 0) + reserve },
    since: left ? remembered(row.since, left) : row.since,
  }
  if (reserved < 0 || (reserve > 0 && freeIn(after) < 0)) return undefined
  return after
}

/** What a step takes off the shelf: nothing where the last count has seen it gone. */
export function leaving({ left, seen }: StockWrite): {
  readonly gone: number
  /** What has to be remembered of it. */
  readonly left?: StockRow['since'][number]
} {
  if (!left || left.units === 0 || !isAfterCount(seen, left.at)) return { gone: 0 }
  return { gone: left.units, left: { at: left.at, units: -left.units } }
}

/** What happened before the last count is in that count already. */
const isAfterCount = ({ countedAt }: Pick<StockRow, 'countedAt'>, at: Instant): boolean =>
  countedAt === undefined || at > countedAt

/** A count of an article at a location: absolute, as of a moment. */
export interface Count {
  readonly at: Instant
  /** Tells counts of one moment apart. @default 0 */
  readonly sequence?: number
  /** Everything that lies there. */
  readonly onHand: number
  /** Absent: as many as before. */
  readonly quarantined?: number
  readonly incoming?: StockRow['incoming']
}

/** A change at a location that its source tells once: goods in, a return, a loss, units put under inspection. */
export interface Movement {
  readonly at: Instant
  /** Change of what lies there. */
  readonly onHand: number
  /** Change of what of it cannot be sold. */
  readonly quarantined: number
}

/**
 * The shares of a location after a count; the same rows when the count is older than one that was applied. What moved after
 * the moment of the count is added to it, so that it does not matter which of the two was learned first.
 */
export function counted(rows: readonly StockRow[], count: Count): readonly StockRow[] {
  if (!rows.every((row) => isNewer(count, row))) return rows
  const since = rows.flatMap((row) => row.since).filter(({ at }) => at > count.at)
  const moved = since.reduce((sum, { units }) => sum + units, 0)
  const quarantined = count.quarantined ?? sum(rows, (row) => row.quarantined)
  const spread = shared(rows, { onHand: count.onHand + moved, quarantined })
  return spread.map((row, share) => ({
    ...row,
    rev: row.rev + 1,
    countedAt: count.at,
    sequence: count.sequence ?? 0,
    since: share === 0 ? since.toSorted((a, b) => (a.at < b.at ? -1 : 1)) : [],
    incoming: share === 0 ? (count.incoming ?? row.incoming) : [],
  }))
}

function isNewer({ at, sequence = 0 }: Count, row: StockRow): boolean {
  if (row.countedAt === undefined || at > row.countedAt) return true
  return at === row.countedAt && sequence > (row.sequence ?? 0)
}

/** The shares of a location after a movement. What it moved before the last count, the count has seen. */
export function moved(rows: readonly StockRow[], movement: Movement): readonly StockRow[] {
  const [first] = rows
  if (!first) return rows
  const units = isAfterCount(first, movement.at) ? movement.onHand : 0
  const spread = shared(rows, {
    onHand: sum(rows, (row) => row.onHand) + units,
    quarantined: Math.max(0, sum(rows, (row) => row.quarantined) + movement.quarantined),
  })
  return spread.map((row, share) => ({
    ...row,
    rev: row.rev + 1,
    since:
      share === 0 && units !== 0 ? remembered(row.since, { at: movement.at, units }) : row.since,
  }))
}

interface Total {
  readonly onHand: number
  readonly quarantined: number
}

/** Deals what is free evenly to the shares; each keeps what it promised, and a shortage is the first one's. */
function shared(rows: readonly StockRow[], { onHand, quarantined }: Total): readonly StockRow[] {
  const free = onHand - quarantined - sum(rows, (row) => row.reserved)
  return rows.map((row, share) => {
    const whole = free < 0 ? 0 : Math.floor(free / rows.length)
    const rest = free < 0 ? free : free - whole * rows.length
    const own = share === 0 ? quarantined : 0
    const extra = free < 0 ? (share === 0 ? rest : 0) : share < rest ? 1 : 0
    return { ...row, quarantined: own, onHand: row.reserved + own + whole + extra }
  })
}

const sum = (rows: readonly StockRow[], of: (row: StockRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0)

/** As many movements fit a row of one kilobyte, which is what a write is charged by. */
export const memory = 12

/**
 * What moved, oldest first. When there is no more room, the two oldest become one that errs on the safe side: units that left
 * count as gone later than they were, units that came as having come earlier, until the next count.
 */
export function remembered(
  since: StockRow['since'],
  movement: StockRow['since'][number],
): StockRow['since'] {
  const all = [...since, movement].toSorted((a, b) => (a.at < b.at ? -1 : 1))
  const [first, second, ...rest] = all
  if (all.length <= memory || !first || !second) return all
  const units = first.units + second.units
  return [{ at: units < 0 ? second.at : first.at, units }, ...rest]
}

/** A place of which nothing is known yet. */
export const emptyRow = (place: Place): StockRow => ({
  warehouse: place.warehouse,
  sku: place.sku,
  location: place.location,
  share: place.share,
  rev: 0,
  onHand: 0,
  quarantined: 0,
  reserved: 0,
  reservedBy: {},
  since: [],
  incoming: [],
})
