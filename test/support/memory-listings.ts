import { attentionOf } from '../../domain/listings/listing.ts'
import { exclusiveOf, withTerms } from '../../domain/listings/terms.ts'
import type {
  Listings,
  ListingTermsBook,
  Shelf,
  Shelves,
  Sold,
  StockWait,
} from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Listing, type ListingId, type TermsChange } from '../../schemas/stored/listing.ts'
import type { Article, StockRow } from '../../schemas/stored/stock.ts'

interface Rows {
  rows(articles: readonly Article[]): Promise<readonly StockRow[]>
  waiting(): readonly StockWait[]
}

const keyOf = ({ connection, sku }: ListingId): string => `${connection}#${sku}`

/** Listings in memory, over stock in memory. Keeps JSON text, as the table does. */
export class MemoryListings implements Listings, ListingTermsBook, Shelves {
  readonly #listings = new Map<string, Listing>()
  readonly #changes: TermsChange[] = []
  readonly #stock: Rows
  /** How many listings were written. */
  writes = 0

  constructor(stock: Rows) {
    this.#stock = stock
  }

  async find(ids: readonly ListingId[]): Promise<readonly Listing[]> {
    return [...new Set(ids.map(keyOf))].flatMap((key) => this.#listings.get(key) ?? [])
  }

  async save(before: Listing | undefined, after: Listing): Promise<boolean> {
    const [known] = await this.find([after])
    if (known?.rev !== before?.rev) return false
    this.#listings.set(keyOf(after), Listing.parse(JSON.parse(JSON.stringify(after))))
    this.writes += 1
    return true
  }

  async change(before: Listing, change: TermsChange): Promise<boolean> {
    const done = await this.save(before, withTerms(before, change))
    if (done) this.#changes.push(change)
    return done
  }

  async changes({ connection, sku }: ListingId): Promise<readonly TermsChange[]> {
    return this.#changes
      .filter((one) => one.connection === connection && one.sku === sku)
      .toReversed()
  }

  async due(
    connection: ConnectionId,
    { now, only }: { readonly now: string; readonly only?: 'zero' },
  ): Promise<readonly ListingId[]> {
    const at = (listing: Listing) => attentionOf(listing)?.at
    return this.all()
      .filter((listing) => listing.connection === connection && (at(listing) ?? '~') <= now)
      .filter((listing) => !only || attentionOf(listing)?.isZero)
      .toSorted((a, b) => ((at(a) ?? '') < (at(b) ?? '') ? -1 : 1))
      .map(({ sku }) => ({ connection, sku }))
  }

  async shelves(articles: readonly Article[]): Promise<readonly Shelf[]> {
    const isOf = (article: Article) => (one: Article) =>
      one.warehouse === article.warehouse && one.sku === article.sku
    const rows = await this.#stock.rows(articles)
    return articles.map((article) => ({
      ...article,
      rows: rows.filter(isOf(article)),
      waits: this.#stock.waiting().filter(isOf(article)),
      sold: this.all().flatMap(({ connection, sku, parts, terms }): Sold[] => {
        const part = parts.find(isOf(article))
        const exclusive = exclusiveOf(terms)
        if (!part) return []
        return [{ connection, sku, per: part.per, ...(exclusive !== undefined && { exclusive }) }]
      }),
    }))
  }

  all(): readonly Listing[] {
    return [...this.#listings.values()]
  }
}
