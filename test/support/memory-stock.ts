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
  readonly #rows: Map<string, string>
  readonly #waits: Map<string, StockWait>
  readonly #steps: Map<string, string | undefined>
  readonly #places: StockPolicy['placesOf']

  /** `before`: the same stock under other settings. */
  constructor(places: StockPolicy['placesOf'], before?: MemoryStock) {
    this.#places = places
    this.#rows = before ? before.#rows : new Map()
    this.#waits = before ? before.#waits : new Map()
    this.#steps = before ? before.#steps : new Map()
  }

  async rows(
    articles: readonly Article[],
    held: readonly Place[] = [],
  ): Promise<readonly StockRow[]> {
    const named = [...articles.flatMap(this.#places), ...held]
    const rows = named.flatMap((place) => this.at(place) ?? [])
    const others = rows.flatMap((row) =>
      Array.from({ length: row.share === 0 ? (row.shares ?? 1) - 1 : 0 }, (_, n) => ({
        ...row,
        share: n + 1,
      })),
    )
    const all = [...rows, ...others.flatMap((place) => this.at(place) ?? [])]
    return [...new Map(all.map((row) => [keyOf(row), row])).values()]
  }

  async save({ id, content, rows }: StockStep): Promise<'done' | 'known' | 'other' | 'moved'> {
    if (id !== undefined && this.#steps.has(id)) {
      const before = this.#steps.get(id) ?? content
      return content === undefined || before === content ? 'known' : 'other'
    }
    if (rows.some(({ before }) => (this.at(before)?.rev ?? 0) !== before.rev)) return 'moved'
    for (const { after } of rows) this.#put(after)
    if (id !== undefined) this.#steps.set(id, content)
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
