import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Listing, ListingId } from '../../schemas/stored/listing.ts'
import type { Article } from '../../schemas/stored/stock.ts'
import type { Clock, Listings, Shelf, Shelves, Sold } from '../ports.ts'
import { type Available, available, type OfferedPart } from '../stock/available.ts'
import { shortAt } from '../stock/netting.ts'
import { projected, unseenAt } from './listing.ts'
import type { Seller } from './sellers.ts'
import { ownTermsOf, termsOf } from './terms.ts'

export interface ProjectDeps {
  readonly listings: Listings
  readonly shelves: Shelves
  readonly sellers: ReadonlyMap<ConnectionId, Seller>
  readonly clock: Clock
}

export interface Projected {
  /** As they are now. */
  readonly listings: readonly Listing[]
  /** Those whose channel has to be told, and did not have to be before. */
  readonly turned: readonly ListingId[]
}

/** Rounds before a listing that others keep changing is left to them: whoever changed it looked at stock, too. */
const rounds = 8

/** Works out anew what channels are offered of some listings, and writes down what is new. */
export async function project(
  ids: readonly ListingId[],
  at: Instant,
  deps: ProjectDeps,
): Promise<Projected> {
  const done: Listing[] = []
  const turned: ListingId[] = []
  let left = ids.filter(({ connection }) => deps.sellers.has(connection))
  for (let round = 0; left.length > 0 && round < rounds; round++) {
    const found = await deps.listings.find(left, 'now')
    const shelf = await shelvesOf(found, deps.shelves)
    const settled = await Promise.all(
      found.map(async (before) => {
        const after = lookedAt(before, shelf, { at, deps })
        return {
          before,
          after,
          isDone: after === before || (await deps.listings.save(before, after)),
        }
      }),
    )
    for (const { before, after, isDone } of settled) {
      if (!isDone) continue
      done.push(after)
      if (after.dirtySince && !before.dirtySince) turned.push(idOf(after))
    }
    left = settled.flatMap(({ before, isDone }) => (isDone ? [] : [idOf(before)]))
  }
  return { listings: done, turned }
}

type ShelfOf = (article: Article) => Shelf | undefined

async function shelvesOf(listings: readonly Listing[], shelves: Shelves): Promise<ShelfOf> {
  const parts = listings.flatMap((listing) => listing.parts)
  const articles = [...new Map(parts.map((part) => [nameOf(part), articleOf(part)])).values()]
  const found = await shelves.shelves(articles)
  const byName = new Map(found.map((shelf) => [nameOf(shelf), shelf]))
  return (article) => byName.get(nameOf(article))
}

const nameOf = ({ warehouse, sku }: Article): string => `${warehouse}#${sku}`
const articleOf = ({ warehouse, sku }: Article): Article => ({ warehouse, sku })
const idOf = ({ connection, sku }: ListingId): ListingId => ({ connection, sku })

interface Context {
  readonly at: Instant
  readonly deps: Pick<ProjectDeps, 'sellers' | 'clock'>
}

function lookedAt(listing: Listing, shelfOf: ShelfOf, { at, deps }: Context): Listing {
  const seller = deps.sellers.get(listing.connection)
  if (!seller) return listing
  const now = deps.clock().toISOString()
  const parts = listing.parts.map((part) => ({ part, shelf: shelfOf(part) }))
  const alone = parts.every(({ shelf }) => isAlone(listing, shelf?.sold ?? []))
  const sold = soldOf(listing, shelfOf)
  const offered = available({
    connection: listing.connection,
    terms: termsOf(listing, seller.terms),
    byListing: ownTermsOf(listing),
    semantics: seller.semantics,
    parts: parts.map(({ part, shelf }): OfferedPart => {
      const safety = seller.locations.get(part.warehouse) ?? {}
      const rows = shelf?.rows ?? []
      return {
        ...part,
        rows: rows.filter(({ location }) => location in safety),
        short: shortAt(rows.filter(({ location }) => seller.others.has(location))),
        kept: keptFrom(listing.connection, shelf?.sold ?? [], deps.sellers),
        own: alone ? ownOf(listing.connection, shelf) : 0,
        safety,
      }
    }),
    now,
    unseen: unseenAt(listing, sold, now),
  })
  const offers = published(listing, offered)
  const { semantics } = seller
  return projected(listing, { available: offers, sold, alone, at, now, semantics })
}

/** A listing that people look after themselves is offered nothing by us. */
const published = (listing: Listing, offered: Available | undefined) =>
  listing.terms?.publish === false ? undefined : offered

const isAlone = ({ connection, sku }: ListingId, sold: readonly Sold[]): boolean =>
  sold.every((one) => one.connection !== connection || one.sku === sku)

/** Units of the listing in the channel's own open orders, as far as its articles tell. */
function soldOf({ connection, parts }: Listing, shelfOf: ShelfOf): number {
  const byWarehouse = [...Map.groupBy(parts, ({ warehouse }) => warehouse).values()]
  return byWarehouse.reduce(
    (sum, some) =>
      sum +
      Math.min(...some.map((part) => Math.floor(ownOf(connection, shelfOf(part)) / part.per))),
    0,
  )
}

const ownOf = (connection: ConnectionId, shelf: Shelf | undefined): number =>
  (shelf?.rows ?? []).reduce((sum, row) => sum + Math.max(0, row.reservedBy[connection] ?? 0), 0)

/** Units of an article that other channels have to themselves. */
function keptFrom(
  connection: ConnectionId,
  sold: readonly Sold[],
  sellers: ProjectDeps['sellers'],
): number {
  return sold.reduce((sum, one) => {
    if (one.connection === connection) return sum
    const allocation = sellers.get(one.connection)?.terms.allocation
    const general = allocation && 'exclusive' in allocation ? allocation.exclusive : 0
    return sum + (one.exclusive ?? general) * one.per
  }, 0)
}
