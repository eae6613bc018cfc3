import type { StockRow } from '../../schemas/stored/stock.ts'
import { Fault } from '../fault.ts'
import type { StockBook, StockStep } from '../ports.ts'
import type { Location, StockPolicy } from './places.ts'
import { emptyRow } from './row.ts'

export interface ChangeDeps {
  readonly book: StockBook
  readonly places: StockPolicy['placesOf']
  /** Waits a random time below this many milliseconds. */
  readonly jitter: (ms: number) => Promise<void>
}

/** Two concurrent writers on an article are usual, ten in a row are not. */
const attempts = 12

interface About {
  readonly sku: string
  /** Makes the change happen once. */
  readonly id?: string
  /** What the id stands for. */
  readonly content?: string
  /** As read a moment ago. */
  readonly rows?: readonly StockRow[]
}

interface Changed {
  readonly is: 'done' | 'known' | 'other'
  readonly before: readonly StockRow[]
  readonly after: readonly StockRow[]
}

/** Reads, decides and saves; decides again if another writer was first. Writes nothing if the rows are unchanged. */
export async function change(
  location: Location,
  { sku, id, content, rows }: About,
  deps: ChangeDeps,
  decide: (rows: readonly StockRow[]) => readonly StockRow[],
): Promise<Changed> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const known = attempt === 0 ? rows : undefined
    const before = known ?? (await read(location, [sku], deps)).get(sku)?.rows ?? []
    const after = decide(before)
    if (after === before) return { is: 'done', before, after }
    const step = {
      ...(id !== undefined && { id }),
      ...(content !== undefined && { content }),
      rows: pairs(before, after),
    }
    const is = await deps.book.save(step)
    if (is !== 'moved') return { is, before, after }
    await deps.jitter(20 * 2 ** Math.min(attempt, 5))
  }
  throw new Fault(`${sku} at ${location.name} changed ${attempts} times while a count was recorded`)
}

/** The rows of a step that changed. */
export const pairs = (before: readonly StockRow[], after: readonly StockRow[]): StockStep['rows'] =>
  after.flatMap((row, share) => {
    const was = before[share]
    return was ? [{ before: was, after: row }] : []
  })

export interface Here {
  /** Including new ones. */
  readonly rows: readonly StockRow[]
  /** Units reserved at the other locations of the warehouse; any of them may ship from this one. */
  readonly elsewhere: number
}

/** The stock of some articles at a location. */
export async function read(
  { name, warehouse }: Location,
  skus: readonly string[],
  { book, places }: ChangeDeps,
): Promise<ReadonlyMap<string, Here>> {
  const articles = skus.map((sku) => ({ warehouse, sku }))
  const bySku = Map.groupBy(await book.rows(articles), ({ sku }) => sku)
  return new Map(
    articles.map((article) => {
      const here = places(article).filter(({ location }) => location === name)
      const all = bySku.get(article.sku) ?? []
      const known = all.filter(({ location }) => location === name)
      const elsewhere = all
        .filter(({ location }) => location !== name)
        .reduce((sum, { reserved }) => sum + reserved, 0)
      const named = here.map(
        (place) => known.find(({ share }) => share === place.share) ?? emptyRow(place),
      )
      const others = known.filter(({ share }) => share >= here.length)
      const rows = [...named, ...others.toSorted((a, b) => a.share - b.share)]
      return [article.sku, { rows, elsewhere }]
    }),
  )
}

/** The number of shards in the settings for an article at a location. */
export const sharesOf = (
  { name, warehouse }: Location,
  sku: string,
  { places }: Pick<ChangeDeps, 'places'>,
): number => places({ warehouse, sku }).filter(({ location }) => location === name).length
