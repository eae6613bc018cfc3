import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Listing, ListingId, Quantity } from '../../schemas/stored/listing.ts'
import type { Article } from '../../schemas/stored/stock.ts'
import { after } from '../instant.ts'
import type { Clock, Shelf, Shelves, Sold } from '../ports.ts'
import { available, type OfferedPart } from '../stock/available.ts'
import { isRaised } from '../stock/drift-policy.ts'
import { shortAt } from '../stock/netting.ts'
import type { Attribute } from './attribute.ts'
import type { Seller } from './sellers.ts'
import { ownTermsOf, termsOf } from './terms.ts'

export interface QuantityDeps {
  readonly shelves: Shelves
  readonly sellers: ReadonlyMap<ConnectionId, Seller>
  readonly clock: Clock
}

/**
 * How many units of it a channel may sell. The channel's own sales lower what it shows before their orders come; as many as it shows less
 * are withheld until they do, or until they surely would have. What somebody put there by hand is no reason to sell it.
 */
export const quantity = (deps: QuantityDeps): Attribute<number, Quantity> => ({
  async desire(listings) {
    const shelfOf = await shelvesOf(listings, deps.shelves)
    return (listing, seller) => desired(listing, shelfOf, { seller, deps })
  },
  shown,
  isUrgent: (units) => units === 0,
  acknowledged(state, { value, sold: told = 0 }, { now }) {
    const left = unseenAt(state, told, now)
    // What left while the number was on its way is no open order any more.
    const gone = Math.max(0, told - (state.desired?.sold ?? told))
    const { unseen, ...rest } = state
    return {
      ...rest,
      acknowledged: { value, at: now, sold: told - gone },
      ...(unseen && left > 0 && { unseen: { ...unseen, units: left } }),
    }
  },
  found(state, shows, { seller, now }) {
    const { acknowledged, maybeAcknowledged: maybe, desired, unseen, ...rest } = state
    const sold = desired?.sold ?? acknowledged?.sold
    const before = unseen && unseen.until > now ? unseen.units : 0
    const told = acknowledged && Math.max(acknowledged.value, maybe?.value ?? 0)
    const less = told !== undefined && seller.semantics === 'sellable' ? told - shows : 0
    const units = Math.max(0, before + less - learned(state))
    return {
      ...rest,
      ...(desired && { desired }),
      acknowledged: { value: shows, at: now, ...(sold !== undefined && { sold }) },
      ...(units > 0 && { unseen: { units, until: after(now, seller.patience) } }),
    }
  },
  drift: (known, shows, { drift }) => ({
    is: shows < known ? 'missed' : 'foreign',
    isRaised: isRaised(drift, { known, units: Math.abs(shows - known) }),
  }),
})

/** What it was told last, less what it has sold since by itself. */
export function shown(
  state: Quantity,
  { semantics }: Pick<Seller, 'semantics'>,
): number | undefined {
  const { acknowledged, unseen, desired } = state
  if (!acknowledged || semantics === 'physical' || !desired?.alone) return acknowledged?.value
  return acknowledged.value - Math.max(0, learned(state) - (unseen?.units ?? 0))
}

/** Own sales that the ledger learned of since the channel showed what it was last known to show. */
const learned = ({ acknowledged, desired }: Quantity): number =>
  Math.max(0, (desired?.sold ?? 0) - (acknowledged?.sold ?? desired?.sold ?? 0))

/** Units that the channel sold and whose orders have not come: fewer with every order that does. */
function unseenAt({ unseen, acknowledged }: Quantity, sold: number, now: Instant): number {
  if (!unseen || unseen.until <= now) return 0
  return Math.max(0, unseen.units - Math.max(0, sold - (acknowledged?.sold ?? sold)))
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
interface Context {
  readonly seller: Seller
  readonly deps: Pick<QuantityDeps, 'sellers' | 'clock'>
}

function desired(listing: Listing, shelfOf: ShelfOf, { seller, deps }: Context) {
  const { connection, attributes, terms: own } = listing
  const { unseen, ...state } = attributes.quantity ?? {}
  const now = deps.clock().toISOString()
  const parts = listing.parts.map((part) => ({ part, shelf: shelfOf(part) }))
  const alone = parts.every(({ shelf }) => isAlone(listing, shelf?.sold ?? []))
  const sold = soldOf(listing, shelfOf)
  const offered = available({
    connection,
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
        kept: keptFrom(connection, shelf?.sold ?? [], deps.sellers),
        own: alone ? ownOf(connection, shelf) : 0,
        safety,
      }
    }),
    now,
    unseen: unseenAt(attributes.quantity ?? {}, sold, now),
  })
  // People look after a listing themselves that is not to be published.
  const isTold = offered !== undefined && own?.publish !== false
  return {
    state: {
      ...state,
      ...(state.acknowledged && {
        acknowledged: { ...state.acknowledged, sold: baseOf(state, sold) },
      }),
      ...(unseen && unseen.until > now && { unseen }),
    },
    ...(isTold && { desired: { value: offered.units, sold, alone, why: offered.why } }),
  }
}

/** What has left is no open order any more, and yet it was learned of: what is counted from falls with it. */
function baseOf({ acknowledged, desired }: Quantity, sold: number): number {
  if (acknowledged?.sold === undefined) return sold
  return acknowledged.sold - Math.max(0, (desired?.sold ?? sold) - sold)
}

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
  sellers: QuantityDeps['sellers'],
): number {
  return sold.reduce((sum, one) => {
    if (one.connection === connection) return sum
    const allocation = sellers.get(one.connection)?.terms.allocation
    const general = allocation && 'exclusive' in allocation ? allocation.exclusive : 0
    return sum + (one.exclusive ?? general) * one.per
  }, 0)
}
