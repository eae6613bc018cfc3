import type { Instant } from '../../schemas/canonical/instant.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { Fault } from '../fault.ts'
import { type ChangeDeps, change, pairs, read, sharesOf } from './change.ts'
import type { Location } from './places.ts'
import { type Count, counted, type Movement, memory, moved } from './row.ts'

export interface CountingDeps extends ChangeDeps {
  readonly marks: CountMarks
}

/** When everything at a location was last counted; older counts are stale. */
export interface CountMarks {
  read(location: string): Promise<Instant | undefined>
  /** Never lowers it. */
  raise(location: string, at: Instant): Promise<void>
}

/** A count of one article by the warehouse's SKU. */
export interface ArticleCount extends Count {
  readonly sku: string
}

/** A movement of one article; its source's id is unique per location. */
export interface ArticleMovement extends Movement {
  readonly id: string
  readonly sku: string
  /** What the id stands for; reuse for anything else is rejected. */
  readonly content?: string
}

export interface Outcome {
  readonly sku: string
  /** `raised`: too far off to be applied. */
  readonly is: 'changed' | 'unchanged' | 'stale' | 'raised'
  /** The earlier stock, shards of a location together. */
  readonly before: readonly StockRow[]
  /** Units reserved at the other locations of the warehouse. */
  readonly elsewhere: number
  /** The newest of the given counts. */
  readonly count: ArticleCount
}

/** Concurrent articles. */
const width = 32

/**
 * Applies counts of a location in any order, repeatedly. Counts of a full count (`full`) that change nothing are not
 * written: the location's mark stands for them.
 */
export async function applyCounts(
  location: Location,
  { counts, full = false, isDoubted = () => false }: Counted,
  deps: CountingDeps,
): Promise<readonly Outcome[]> {
  const mark = await deps.marks.read(location.name)
  const told = [...Map.groupBy(counts, ({ sku }) => sku)]
  const known = await read(
    location,
    told.map(([sku]) => sku),
    deps,
  )
  const all = told.map(([sku, same]): Told => {
    const { rows = [], elsewhere = 0 } = known.get(sku) ?? {}
    const used = sharesOf(location, sku, deps)
    return { sku, counts: same, full, isDoubted, mark, rows, elsewhere, used }
  })
  const [fresh, others] = [all.filter(isNew), all.filter((one) => !isNew(one))]
  const packs = [...packed(fresh), ...others.map((one) => [one])]
  const outcomes: (readonly Outcome[])[] = []
  for (let at = 0; at < packs.length; at += width) {
    const some = packs.slice(at, at + width).map((pack) => applyAll(location, pack, deps))
    outcomes.push(...(await Promise.all(some)))
  }
  return outcomes.flat()
}

interface Counted {
  readonly counts: readonly ArticleCount[]
  readonly full?: boolean
  /** Counts that are only noted, for a person to look at. @default none */
  readonly isDoubted?: (found: Pick<Outcome, 'before' | 'elsewhere' | 'count'>) => boolean
}

interface Told extends Required<Counted> {
  readonly sku: string
  readonly mark: Instant | undefined
  /** Shards in the settings. */
  readonly used: number
  /** As read a moment ago. */
  readonly rows: readonly StockRow[]
  readonly elsewhere: number
}

/** No order holds a new article yet, so many of them fit into one transaction without conflicts. */
const isNew = ({ rows }: Told): boolean => rows.every(({ rev }) => rev === 0)

/** Rows that one transaction writes; DynamoDB allows 100. */
const together = 50

function packed(told: readonly Told[]): readonly (readonly Told[])[] {
  const packs: Told[][] = []
  let room = 0
  for (const one of told) {
    if (room < one.rows.length) {
      packs.push([])
      room = together
    }
    packs.at(-1)?.push(one)
    room -= one.rows.length
  }
  return packs
}

async function applyAll(
  location: Location,
  pack: readonly Told[],
  deps: CountingDeps,
): Promise<readonly Outcome[]> {
  if (pack.length > 1) {
    const rows = pack.flatMap((one) => pairs(one.rows, decided(one.rows, one)))
    if ((await deps.book.save({ rows })) === 'done') {
      return pack.map((one) => ({ ...about(one), is: 'changed', before: one.rows }))
    }
  }
  return Promise.all(pack.map((one) => apply(location, one, deps)))
}

async function apply(location: Location, told: Told, deps: CountingDeps): Promise<Outcome> {
  const { before, after } = await change(location, told, deps, (rows) => decided(rows, told))
  const isStale = counting(before, told) === before
  if (!isStale && told.isDoubted({ ...about(told), before })) {
    return { ...about(told), is: 'raised', before }
  }
  if (after !== before) {
    const isNews = !told.full || !isAlike(before, after)
    return { ...about(told), is: isNews ? 'changed' : 'unchanged', before }
  }
  return { ...about(told), is: isStale ? 'stale' : 'unchanged', before }
}

function about({ sku, counts, elsewhere }: Told): Pick<Outcome, 'sku' | 'count' | 'elsewhere'> {
  const [count] = counts.toSorted((a, b) => (a.at < b.at ? 1 : -1))
  if (!count) throw new Fault(`no count was recorded for ${sku}`)
  return { sku, count, elsewhere }
}

/** The rows after the counts; unchanged rows are returned as they are. */
function decided(rows: readonly StockRow[], told: Told): readonly StockRow[] {
  const next = counting(rows, told)
  if (next !== rows && told.isDoubted({ ...about(told), before: rows })) return doubted(rows, told)
  if (next === rows || next.every((row, share) => row.countedAt === rows[share]?.countedAt)) {
    return next
  }
  // A single count says nothing about whether full counts still include the article.
  if (!told.full) return next.map(({ full: _, doubted: __, ...row }) => row)
  if (isSame(rows, next)) return rows
  return next.map(({ doubted: _, ...row }) => ({ ...row, full: true }))
}

/**
 * Only the finding is noted. The article's stock is uncertain, so a full count's mark does not apply until a person
 * confirms.
 */
function doubted(rows: readonly StockRow[], told: Told): readonly StockRow[] {
  const { onHand, at } = about(told).count
  const [first] = rows
  if (!first || (first.doubted?.onHand === onHand && !first.full)) return rows
  return rows.map(({ full: _, ...row }, share) => ({
    ...row,
    rev: row.rev + 1,
    ...(share === 0 && { doubted: { onHand, at } }),
  }))
}

/** Returns the same rows if all counts are older than what is known. */
function counting(rows: readonly StockRow[], { counts, mark, used }: Told): readonly StockRow[] {
  const known = rows.map((row) => asOf(row, mark))
  const next = counts.reduce<readonly StockRow[]>((so, count) => counted(so, count, used), known)
  return next === known ? rows : next
}

/** Movement ids are unique per source, and a source knows one location. */
export const nameAt = ({ name }: Location, id: string): string => `${name}#${id}`

/** Applies a movement once, whatever was counted before or after it. */
export async function applyMovement(
  location: Location,
  movement: ArticleMovement,
  deps: CountingDeps,
): Promise<'done' | 'known' | 'other'> {
  const { sku, content } = movement
  const mark = await deps.marks.read(location.name)
  const { is } = await change(
    location,
    { sku, id: nameAt(location, movement.id), ...(content !== undefined && { content }) },
    deps,
    (rows) =>
      moved(
        rows.map((row) => asOf(row, mark)),
        movement,
        sharesOf(location, sku, deps),
      ),
  )
  return is
}

/** Milliseconds for which an unchanged row counts as included in full counts. */
const believed = 7 * 86_400_000

/** Whether the full count at an instant included it, as earlier ones did. */
export const isNamed = ({ full, countedAt }: StockRow, mark: Instant): boolean =>
  full === true && countedAt !== undefined && Date.parse(mark) - Date.parse(countedAt) <= believed

/** A full count that did not change a row was not written to it, but still includes all earlier movements. */
function asOf(row: StockRow, mark: Instant | undefined): StockRow {
  if (mark === undefined || !isNamed(row, mark) || (row.countedAt ?? '') >= mark) return row
  const said = { at: mark, sequence: 0 }
  return {
    ...row,
    countedAt: said.at,
    sequence: said.sequence,
    since: row.since.filter(({ at }) => at > mark),
    ...(saysUnsellable(row) && { quarantineCounted: said }),
    ...(saysIncoming(row) && { incomingCounted: said }),
  }
}

/** Whether the count of units on hand also stated quarantined and incoming units. */
const saysUnsellable = ({ countedAt, quarantineCounted }: StockRow): boolean =>
  quarantineCounted?.at === countedAt
const saysIncoming = ({ countedAt, incomingCounted }: StockRow): boolean =>
  incomingCounted?.at === countedAt

/**
 * Rows need not be written if a full count confirmed them, unless their memory is filling up (a write empties it) or
 * units are reserved (their parcels may have left before this count).
 */
const isSame = (before: readonly StockRow[], after: readonly StockRow[]): boolean =>
  isAlike(before, after) &&
  before.every((row, share) => {
    const next = after[share]
    return (
      next !== undefined &&
      isNamed(row, next.countedAt ?? '') &&
      row.reserved === 0 &&
      saysUnsellable(row) === saysUnsellable(next) &&
      saysIncoming(row) === saysIncoming(next) &&
      row.since.length + (row.quarantinedSince ?? []).length <= memory / 2
    )
  })

/** Rows that differ only in when they were counted. */
const isAlike = (before: readonly StockRow[], after: readonly StockRow[]): boolean =>
  before.every((row, share) => {
    const next = after[share]
    return (
      next !== undefined &&
      row.onHand === next.onHand &&
      row.quarantined === next.quarantined &&
      JSON.stringify(row.incoming) === JSON.stringify(next.incoming)
    )
  })
