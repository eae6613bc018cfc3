import { doubt, except, retry } from '../../domain/failure.ts'
import { isSame } from '../../domain/listings/listing.ts'
import type {
  Change,
  ListingsCapability,
  Outcome,
  Publication,
} from '../../domain/listings/listings-capability.ts'
import { err, ok } from '../../domain/result.ts'

/** What a shop may be told of prices, beside quantities. */
export interface Price {
  readonly minor: number
  readonly currency: string
}

/** What a fake does otherwise than usual; `quantity` and `price` of what it is told of each. */
export interface Otherwise extends Partial<Omit<ListingsCapability, 'attributes'>> {
  readonly quantity?: Partial<Publication<number>>
  readonly price?: Partial<Publication<Price>>
}

/** A shop that shows numbers and prices, compares before it sets one, and lowers its numbers by its own sales. */
export class FakeShop {
  readonly shown = new Map<string, number>()
  readonly prices = new Map<string, Price>()
  /** SKUs that it refuses, each by itself or with everything that comes with them. */
  readonly refuses = new Set<string>()
  readonly poisons = new Set<string>()
  down = false
  /** Requests that it takes and whose answer is lost. */
  losesAnswers = 0
  /** Files that it takes and never looks into. */
  loses = 0
  /** Every request that it took. */
  readonly requests: (readonly Change[])[] = []
  /** What it was asked for: some SKUs, or a page of everything. */
  readonly questions: (readonly string[] | 'everything')[] = []
  /** Listings of a page. */
  page = 100
  /** What it shows, and does not find by name. */
  readonly unindexed = new Set<string>()
  /** What happens between two of our looks. */
  meanwhile: () => void = () => {}

  sell(sku: string, units = 1): void {
    this.shown.set(sku, (this.shown.get(sku) ?? 0) - units)
  }

  capability({ quantity, price, ...otherwise }: Otherwise = {}): ListingsCapability {
    const attributes = {
      quantity: {
        ...this.#publication(this.shown),
        semantics: 'sellable' as const,
        ...quantity,
      },
      ...(price && { price: { ...this.#publication(this.prices), ...price } }),
    }
    return {
      attributes,
      read: async (_, cursor = '0') => {
        if (this.down) return err(retry('the shop does not answer'))
        this.questions.push('everything')
        const [from, all] = [Number(cursor), [...this.shown]]
        const listings = all.slice(from, from + this.page).map((one) => this.#shownAs(one))
        const isLast = from + this.page >= all.length
        return ok({ listings, ...(!isLast && { cursor: `${from + this.page}` }) })
      },
      page: this.page,
      find: {
        batch: 10,
        ask: async (_, skus) => {
          if (this.down) return err(retry('the shop does not answer'))
          this.questions.push(skus)
          if (skus.some((sku) => this.poisons.has(sku))) {
            return err(except('effect-refused', 'the shop cannot be asked for it'))
          }
          const found = [...this.shown].filter(([sku]) => skus.includes(sku))
          return ok(
            found.flatMap((one) => (this.unindexed.has(one[0]) ? [] : [this.#shownAs(one)])),
          )
        },
      },
      ...otherwise,
    }
  }

  #publication<V>(store: Map<string, V>): Publication<V> {
    return {
      unsent: 'kept',
      batch: 100,
      write: async (_, changes) => {
        const { meanwhile } = this
        this.meanwhile = () => {}
        meanwhile()
        if (this.down) return err(retry('the shop does not answer'))
        if (changes.some(({ sku }) => this.poisons.has(sku))) {
          return err(except('effect-refused', 'the shop refuses the request'))
        }
        this.requests.push(changes)
        const outcomes = changes.map((one) => this.#take(store, one))
        return this.losesAnswers-- > 0 ? err(doubt('the answer was lost')) : ok({ outcomes })
      },
    }
  }

  #take<V>(store: Map<string, V>, { sku, value, from }: Change<V>): Outcome<V> {
    const shows = store.get(sku)
    if (this.refuses.has(sku)) return { sku, is: 'refused', reason: 'there is no such item' }
    if (from !== undefined && shows !== undefined && !isSame(from, shows)) {
      return { sku, is: 'moved', shows }
    }
    store.set(sku, value)
    return { sku, is: 'done' }
  }

  #shownAs([sku, quantity]: readonly [string, number]) {
    const price = this.prices.get(sku)
    return { sku, remote: {}, values: { quantity, ...(price && { price }) } }
  }
}

/** A shop that takes files, one a minute, works them off later and says which lines it refused. */
export const fileOf = <V>(
  shop: () => FakeShop,
  storeOf: (fake: FakeShop) => Map<string, V>,
): Partial<Publication<V>> => ({
  batch: 1000,
  everySeconds: 60,
  write: async (_, changes) => {
    const { requests } = shop()
    requests.push(changes)
    return ok({ feed: String(requests.length), seconds: 15 })
  },
  readFeed: async (_, feed) => {
    const fake = shop()
    if (fake.down) return ok(undefined)
    if (fake.loses-- > 0) return ok({ refused: [], isLost: true })
    const refused = [...fake.refuses].map((sku) => ({ sku, reason: 'no such offer' }))
    for (const { sku, value } of fake.requests[Number(feed) - 1] ?? []) {
      // Requests are kept whatever they were about.
      if (!fake.refuses.has(sku)) storeOf(fake).set(sku, value as V)
    }
    return ok({ refused })
  },
})
