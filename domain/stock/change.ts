import type { StockRow } from '../../schemas/stored/stock.ts'
import { Fault } from '../fault.ts'
import type { StockBook, StockStep } from '../ports.ts'
import type { Location, StockPolicy } from './places.ts'
import { emptyRow } from './row.ts'

export interface ChangeDeps {
  readonly book: StockBook
  readonly places: StockPolicy['placesOf']
  /** Waits a random while below this many milliseconds. */
  readonly jitter: (ms: number) => Promise<void>
}

/** Two writers of one article are usual, ten in a row are not. */
const attempts = 12

interface About {
  readonly sku: string
  /** What makes the change happen once. */
  readonly id?: string
  /** What the id stands for. */
  readonly content?: string
  /** As they were read a moment ago. */
  readonly rows?: readonly StockRow[]
}

interface Changed {
  readonly is: 'done' | 'known' | 'other'
  readonly before: readonly StockRow[]
  readonly after: readonly StockRow[]
}

/** Reads, decides and saves; decides anew when somebody else was first. The same rows back mean that nothing is to be written. */
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
  throw new Fault(`${sku} at ${location.name} moved ${attempts} times while it was being counted`)
}

/** What a step writes of some rows. */
export const pairs = (before: readonly StockRow[], after: readonly StockRow[]): StockStep['rows'] =>
  after.flatMap((row, share) => {
    const was = before[share]
    return was ? [{ before: was, after: row }] : []
  })

export interface Here {
  /** With those that are not there yet. */
  readonly rows: readonly StockRow[]
  /** Units that orders have at the other locations of the warehouse: any of them may leave from this one. */
  readonly elsewhere: number
}

/** What is known of some articles at a location. */
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

/** How many shares the settings name for an article at a location. */
export const sharesOf = (
  { name, warehouse }: Location,
  sku: string,
  { places }: Pick<ChangeDeps, 'places'>,
): number => places({ warehouse, sku }).filter(({ location }) => location === name).length
