import type { StockBook, StockChanges, StockStep, StockWait } from '../../domain/ports.ts'
import type { StockPolicy } from '../../domain/stock/places.ts'
import { written } from '../../domain/stock/row.ts'
import { type Article, type Place, StockRow } from '../../schemas/stored/stock.ts'

const keyOf = ({ warehouse, sku, location, share }: Place): string =>
  `${warehouse}#${sku}#${location}#${share}`

const waitKey = ({ warehouse, sku, since, orderId }: StockWait): string =>
  `${warehouse}#${sku}#${since}#${orderId}`

/** Stock in memory. Keeps JSON text, as the table does. */
export class MemoryStock implements StockBook {
  readonly #rows = new Map<string, string>()
  readonly #waits = new Map<string, StockWait>()
  readonly #steps = new Set<string>()
  readonly #places: StockPolicy['placesOf']

  constructor(places: StockPolicy['placesOf']) {
    this.#places = places
  }

  async rows(articles: readonly Article[]): Promise<readonly StockRow[]> {
    return articles.flatMap((article) =>
      this.#places(article).flatMap((place) => this.at(place) ?? []),
    )
  }

  async save({ id, rows }: StockStep): Promise<'done' | 'known' | 'moved'> {
    if (id !== undefined && this.#steps.has(id)) return 'known'
    if (rows.some(({ before }) => (this.at(before)?.rev ?? 0) !== before.rev)) return 'moved'
    for (const { after } of rows) this.#put(after)
    if (id !== undefined) this.#steps.add(id)
    return 'done'
  }

  at(place: Place): StockRow | undefined {
    const text = this.#rows.get(keyOf(place))
    return text === undefined ? undefined : StockRow.parse(JSON.parse(text))
  }

  all(): readonly StockRow[] {
    return [...this.#rows.values()].map((text) => StockRow.parse(JSON.parse(text)))
  }

  waiting(): readonly StockWait[] {
    return [...this.#waits.values()].toSorted((a, b) => (a.since < b.since ? -1 : 1))
  }

  /** What a commit does to stock, all of it or nothing. */
  take({ writes, waits, ended }: StockChanges): boolean {
    const after = writes.map((write) => {
      const row = this.at(write)
      return row && written(row, write)
    })
    if (after.some((row) => row === undefined)) return false
    for (const row of after) if (row) this.#put(row)
    for (const wait of ended) this.#waits.delete(waitKey(wait))
    for (const wait of waits) this.#waits.set(waitKey(wait), wait)
    return true
  }

  #put(row: StockRow): void {
    this.#rows.set(keyOf(row), JSON.stringify(row))
  }
}
