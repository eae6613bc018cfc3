import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Counted, Moved, Place, StockRow } from '../../schemas/stored/stock.ts'

/** Units on hand that cannot be sold. */
export const unsellableIn = ({ quarantined }: Pick<StockRow, 'quarantined'>): number =>
  Math.max(0, quarantined)

/** Units that can still be reserved; negative if a count found fewer than were reserved. */
export const freeIn = (row: StockRow): number => row.onHand - unsellableIn(row) - row.reserved

/** One order's change at one place in one step, all or nothing. */
export interface StockWrite extends Place {
  /** The channel that sold it. */
  readonly by: ConnectionId
  /** Units reserved for the order; negative returns them. */
  readonly reserve: number
  /** Units that must stay free because other places of the article are short. @default 0 */
  readonly keeps?: number
  /** Units that left at an instant; negative if a parcel turns out not to contain them. */
  readonly left?: { readonly units: number; readonly at: Instant }
  /** The row this was decided on; a count in between may have seen the parcel leave. */
  readonly seen: StockRow
}

/**
 * The row after an order's step; `undefined` if it is no longer possible: the units are gone, or a count came in
 * between. Shipped units are a fact even if too few remain; reserved units must be there.
 */
export function written(row: StockRow, write: StockWrite): StockRow | undefined {
  if (row.countedAt !== write.seen.countedAt) return undefined
  const { by, reserve, keeps = 0 } = write
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
  if (reserved < 0 || (reserve > 0 && freeIn(after) < keeps)) return undefined
  return after
}

/** What a step subtracts from units on hand: nothing if the last count has already seen the units leave. */
export function leaving({ left, seen }: StockWrite): {
  readonly gone: number
  /** What must be remembered of it. */
  readonly left?: StockRow['since'][number]
} {
  if (!left || left.units === 0 || !isAfterCount(seen, left.at)) return { gone: 0 }
  return { gone: left.units, left: { at: left.at, units: -left.units } }
}

/** Earlier movements are already in the count. */
export const isAfterCount = ({ countedAt }: Pick<StockRow, 'countedAt'>, at: Instant): boolean =>
  countedAt === undefined || at > countedAt

/** A count of an article at a location: absolute, at an instant. */
export interface Count {
  readonly at: Instant
  /** Orders counts with the same instant. @default 0 */
  readonly sequence?: number
  /** All units at the location. */
  readonly onHand: number
  /** Absent: unchanged. */
  readonly quarantined?: number
  readonly incoming?: StockRow['incoming']
}

/** A change at a location that its source reports once: a receipt, a return, a loss, quarantine. */
export interface Movement {
  readonly at: Instant
  /** Change of units on hand. */
  readonly onHand: number
  /** Change of units that cannot be sold. */
  readonly quarantined: number
}

/**
 * The shards of a location after a count; the same rows if nothing is new. Units on hand, quarantined and incoming
 * units each keep their newest count, plus later movements, so the order of arrival does not matter. `used` is the
 * number of shards in the settings; free units move into them.
 */
export function counted(
  rows: readonly StockRow[],
  count: Count,
  used = rows.length,
): readonly StockRow[] {
  const [first] = rows
  if (!first) return rows
  const said = { at: count.at, sequence: count.sequence ?? 0 }
  const isNew = isNewer(said, countOf(first))
  const quarantined = isNewer(said, first.quarantineCounted) ? count.quarantined : undefined
  const incoming = isNewer(said, first.incomingCounted) ? count.incoming : undefined
  if (!isNew && quarantined === undefined && incoming === undefined) return rows

  const since = after(isNew ? rows.flatMap((row) => row.since) : [], count.at)
  const bad = after(first.quarantinedSince ?? [], quarantined === undefined ? '' : count.at)
  const spread = shared(rows, {
    used,
    onHand: isNew ? count.onHand + unitsOf(since) : sum(rows, ({ onHand }) => onHand),
    quarantined: quarantined === undefined ? first.quarantined : quarantined + unitsOf(bad),
  })
  return spread.map((row, share) => ({
    ...row,
    rev: row.rev + 1,
    ...(isNew && {
      countedAt: said.at,
      sequence: said.sequence,
      since: share === 0 ? since : [],
    }),
    ...(share === 0 && quarantined !== undefined && { quarantineCounted: said }),
    ...(share === 0 && incoming !== undefined && { incoming, incomingCounted: said }),
    ...(share === 0 && first.quarantinedSince && { quarantinedSince: bad }),
  }))
}

const countOf = ({ countedAt, sequence = 0 }: StockRow): Counted | undefined =>
  countedAt === undefined ? undefined : { at: countedAt, sequence }

/** Of two counts with the same instant, the higher sequence wins. */
function isNewer(said: Counted, known: Counted | undefined): boolean {
  if (known === undefined || said.at > known.at) return true
  return said.at === known.at && said.sequence > known.sequence
}

const unitsOf = (moves: readonly Moved[]): number => sum(moves, ({ units }) => units)

const after = (moves: readonly Moved[], at: Instant | ''): Moved[] =>
  moves.filter((move) => move.at > at).toSorted(oldestFirst)

const oldestFirst = (a: Moved, b: Moved): number =>
  a.at === b.at ? a.units - b.units : a.at < b.at ? -1 : 1

/** The shards of a location after a movement. Movements before the last count are already in it. */
export function moved(
  rows: readonly StockRow[],
  { at, onHand, quarantined }: Movement,
  used = rows.length,
): readonly StockRow[] {
  const [first] = rows
  if (!first) return rows
  const units = isAfterCount(first, at) ? onHand : 0
  const bad = at > (first.quarantineCounted?.at ?? '') ? quarantined : 0
  const spread = shared(rows, {
    used,
    onHand: sum(rows, (row) => row.onHand) + units,
    quarantined: first.quarantined + bad,
  })
  return spread.map((row, share) => ({
    ...row,
    rev: row.rev + 1,
    ...(share === 0 && units !== 0 && { since: remembered(row.since, { at, units }) }),
    ...(share === 0 &&
      bad !== 0 && {
        quarantinedSince: remembered(row.quarantinedSince ?? [], { at, units: bad }, 'gone'),
      }),
  }))
}

interface Total {
  readonly used: number
  readonly onHand: number
  readonly quarantined: number
}

/**
 * Spreads free units evenly over the used shards. Each keeps its reservations, and the first bears a shortage. A new
 * shard has the others' count time.
 */
function shared(
  rows: readonly StockRow[],
  { used, onHand, quarantined }: Total,
): readonly StockRow[] {
  const bad = unsellableIn({ quarantined })
  const free = onHand - bad - sum(rows, (row) => row.reserved)
  const dealt = (share: number): number => {
    if (free < 0) return share === 0 ? free : 0
    if (share >= used) return 0
    return Math.floor(free / used) + (share < free % used ? 1 : 0)
  }
  const { countedAt, sequence, full } = rows[0] ?? {}
  return rows.map((row, share) => ({
    ...row,
    ...(row.rev === 0 && countedAt !== undefined && { countedAt }),
    ...(row.rev === 0 && sequence !== undefined && { sequence }),
    ...(row.rev === 0 && full && { full }),
    ...(share === 0 && rows.length > 1 && { shares: rows.length }),
    quarantined: share === 0 ? quarantined : 0,
    onHand: row.reserved + (share === 0 ? bad : 0) + dealt(share),
  }))
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

/** This many movements fit into a row of one kilobyte, the unit of write pricing. */
export const memory = 12

/**
 * Movements since the count, oldest first. If full, the two oldest merge so that no instant before the next count
 * assumes more units than there are: an increase on hand counts late (`there`), an increase that cannot be sold counts
 * early (`gone`).
 */
export function remembered(
  since: readonly Moved[],
  movement: Moved,
  more: 'there' | 'gone' = 'there',
): Moved[] {
  const all = [...since, movement].toSorted(oldestFirst)
  const [first, second, ...rest] = all
  if (all.length <= memory || !first || !second) return all
  const units = first.units + second.units
  const brings = (moved: Moved) => (more === 'there' ? moved.units >= 0 : moved.units <= 0)
  if (brings(second)) return [{ at: first.at, units }, ...rest]
  return [brings(first) ? second : { at: second.at, units }, ...rest]
}

/** A place without any stock yet. */
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
