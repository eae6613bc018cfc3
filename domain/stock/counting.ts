import type { Instant } from '../../schemas/canonical/instant.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import type { StockBook } from '../ports.ts'
import type { Location, StockPolicy } from './places.ts'
import { type Count, counted, emptyRow, type Movement, memory, moved } from './row.ts'

export interface CountingDeps {
  readonly book: StockBook
  readonly places: StockPolicy['placesOf']
  readonly marks: CountMarks
  /** Waits a random while below this many milliseconds. */
  readonly jitter: (ms: number) => Promise<void>
}

/** As of when everything at a location was counted; a count of before is news of yesterday. */
export interface CountMarks {
  read(location: string): Promise<Instant | undefined>
  /** Never lowers it. */
  raise(location: string, at: Instant): Promise<void>
}

/** A count of one article, in the words of the warehouse. */
export interface ArticleCount extends Count {
  readonly sku: string
}

/** A movement of one article; the id is its source's, and names one movement at a location. */
export interface ArticleMovement extends Movement {
  readonly id: string
  readonly sku: string
}

export interface Outcome {
  readonly sku: string
  readonly is: 'changed' | 'unchanged' | 'stale'
  /** What was known before, shares of a location together. */
  readonly before: readonly StockRow[]
  /** The newest count that was told. */
  readonly count: ArticleCount
}

/** Articles counted at one time. */
const width = 32

/** Two writers of one article are usual, ten in a row are not. */
const attempts = 12

/**
 * Applies counts of a location in whatever order they come, each as often as they come. Counts that are part of a full one
 * (`full`) are not written where they change nothing: once all of it is applied, the location's mark says so for all of them.
 */
export async function applyCounts(
  location: Location,
  { counts, full = false }: { readonly counts: readonly ArticleCount[]; readonly full?: boolean },
  deps: CountingDeps,
): Promise<readonly Outcome[]> {
  const mark = await deps.marks.read(location.name)
  const told = [...Map.groupBy(counts, ({ sku }) => sku)]
  const known = await read(
    location,
    told.map(([sku]) => sku),
    deps,
  )
  const outcomes: Outcome[] = []
  for (let at = 0; at < told.length; at += width) {
    const some = told.slice(at, at + width).map(([sku, all]) => {
      const rows = known.get(sku) ?? []
      return apply(location, { sku, counts: all, full, mark, rows }, deps)
    })
    outcomes.push(...(await Promise.all(some)))
  }
  return outcomes
}

interface Told {
  readonly sku: string
  readonly counts: readonly ArticleCount[]
  readonly full: boolean
  readonly mark: Instant | undefined
  /** As they were read a moment ago. */
  readonly rows: readonly StockRow[]
}

async function apply(location: Location, told: Told, deps: CountingDeps): Promise<Outcome> {
  const { sku, counts, full, mark } = told
  const [count] = counts.toSorted((a, b) => (a.at < b.at ? 1 : -1))
  if (!count) throw new Error(`nothing was told of ${sku}`)
  const counting = (rows: readonly StockRow[]) =>
    counts.filter(({ at }) => at >= markOf(rows, mark)).reduce(counted, rows)
  const { before, after } = await change(location, { sku, rows: told.rows }, deps, (rows) => {
    const next = counting(rows)
    if (!full || next === rows) return next
    return isSame(rows, next) ? rows : next.map((row) => ({ ...row, full: true }))
  })
  if (after !== before) return { sku, is: 'changed', before, count }
  const isStale = counting(before) === before
  return { sku, is: isStale ? 'stale' : 'unchanged', before, count }
}

/** Applies a movement once, whatever was counted before or after it. */
export async function applyMovement(
  location: Location,
  movement: ArticleMovement,
  deps: CountingDeps,
): Promise<'done' | 'known'> {
  const { sku } = movement
  const mark = await deps.marks.read(location.name)
  const { is } = await change(
    location,
    { sku, id: `${location.name}#${movement.id}` },
    deps,
    (rows) =>
      moved(
        rows.map((row) => asOf(row, mark)),
        movement,
      ),
  )
  return is
}

/** As of when everything was counted that full counts name; what they do not name was not looked at. */
const markOf = (rows: readonly StockRow[], mark: Instant | undefined): Instant =>
  rows.every((row) => row.full) ? (mark ?? '') : ''

/** A full count that changed nothing of a row was not written into it, and has seen what moved before all the same. */
function asOf(row: StockRow, mark: Instant | undefined): StockRow {
  if (!row.full || mark === undefined || row.countedAt === undefined || row.countedAt >= mark)
    return row
  return { ...row, countedAt: mark, sequence: 0, since: row.since.filter(({ at }) => at > mark) }
}

interface About {
  readonly sku: string
  /** What makes the change happen once. */
  readonly id?: string
  readonly rows?: readonly StockRow[]
}

interface Changed {
  readonly is: 'done' | 'known'
  readonly before: readonly StockRow[]
  readonly after: readonly StockRow[]
}

/** Reads, decides and saves; decides anew when somebody else was first. The same rows back mean that nothing is to be written. */
async function change(
  location: Location,
  { sku, id, rows }: About,
  deps: CountingDeps,
  decide: (rows: readonly StockRow[]) => readonly StockRow[],
): Promise<Changed> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const known = attempt === 0 ? rows : undefined
    const before = known ?? (await read(location, [sku], deps)).get(sku) ?? []
    const after = decide(before)
    if (after === before) return { is: 'done', before, after }
    const pairs = after.flatMap((row, share) => {
      const was = before[share]
      return was ? [{ before: was, after: row }] : []
    })
    const is = await deps.book.save({ ...(id !== undefined && { id }), rows: pairs })
    if (is !== 'moved') return { is, before, after }
    await deps.jitter(20 * 2 ** Math.min(attempt, 5))
  }
  throw new Error(`${sku} at ${location.name} moved ${attempts} times while it was being counted`)
}

/** The rows of some articles at a location, with those that are not there yet. */
async function read(
  { name, warehouse }: Location,
  skus: readonly string[],
  { book, places }: CountingDeps,
): Promise<ReadonlyMap<string, readonly StockRow[]>> {
  const articles = skus.map((sku) => ({ warehouse, sku }))
  const found = (await book.rows(articles)).filter(({ location }) => location === name)
  const bySku = Map.groupBy(found, ({ sku }) => sku)
  return new Map(
    articles.map((article) => [
      article.sku,
      places(article)
        .filter(({ location }) => location === name)
        .map(
          (place) =>
            bySku.get(article.sku)?.find(({ share }) => share === place.share) ?? emptyRow(place),
        ),
    ]),
  )
}

/** Rows that say the same but when it was counted. A memory that fills up is worth a write, which empties it. */
function isSame(before: readonly StockRow[], after: readonly StockRow[]): boolean {
  return before.every((row, share) => {
    const next = after[share]
    return (
      next !== undefined &&
      row.countedAt !== undefined &&
      row.full === true &&
      row.onHand === next.onHand &&
      row.quarantined === next.quarantined &&
      row.since.length <= memory / 2 &&
      JSON.stringify(row.incoming) === JSON.stringify(next.incoming)
    )
  })
}
