import { except, retry } from '../../domain/failure.ts'
import type { Change, Outcome, Selling } from '../../domain/listings/selling.ts'
import { err, ok } from '../../domain/result.ts'

/** A shop that shows numbers, compares before it sets one, and lowers them by its own sales. */
export class FakeShop {
  readonly shown = new Map<string, number>()
  /** SKUs that it refuses, each by itself or with everything that comes with them. */
  readonly refuses = new Set<string>()
  readonly poisons = new Set<string>()
  down = false
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

  selling(change: Partial<Selling> = {}): Selling {
    return {
      semantics: 'sellable',
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
        return ok({ outcomes: changes.map((one) => this.#take(one)) })
      },
      read: async (_, cursor = '0') => {
        if (this.down) return err(retry('the shop does not answer'))
        this.questions.push('everything')
        const [from, all] = [Number(cursor), [...this.shown]]
        const listings = all.slice(from, from + this.page).map(shownAs)
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
          return ok(found.filter(([sku]) => !this.unindexed.has(sku)).map(shownAs))
        },
      },
      ...change,
    }
  }

  #take({ sku, units, from }: Change): Outcome {
    const shows = this.shown.get(sku) ?? 0
    if (this.refuses.has(sku)) return { sku, is: 'refused', reason: 'there is no such item' }
    if (from !== undefined && from !== shows) return { sku, is: 'moved', shows }
    this.shown.set(sku, units)
    return { sku, is: 'done' }
  }
}

const shownAs = ([sku, units]: readonly [string, number]) => ({ sku, remote: {}, units })
