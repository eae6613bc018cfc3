import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Connection, ResolvedSettings, SellingTerms } from '../../schemas/settings.ts'
import type { ListingId } from '../../schemas/stored/listing.ts'
import type { Semantics } from './listings-capability.ts'

/** A channel that is told what it may sell, and on which terms. */
export interface Seller {
  readonly connection: ConnectionId
  readonly terms: SellingTerms
  readonly semantics: Semantics
  /** Safety stock by location, of those that it sells from, by warehouse. */
  readonly locations: ReadonlyMap<ConnectionId, Readonly<Record<string, number>>>
  /** Locations of these warehouses that it does not sell from. */
  readonly others: ReadonlySet<string>
  /** Seconds after which the order of a sale has surely come, by webhook or by poll. */
  readonly patience: number
}

/** Polls that may fail in a row before an order is taken for one that never comes. */
const pollsMissed = 2

type Known = Pick<ResolvedSettings, 'routes' | 'stock'> & {
  readonly connections: readonly Pick<Connection, 'id' | 'sells' | 'shows' | 'sweep'>[]
}

/** Everybody who is told; none when the settings know no stock. */
export function sellersOf({
  connections,
  routes,
  stock,
}: Known): ReadonlyMap<ConnectionId, Seller> {
  const all = connections.flatMap(({ id, sells, shows, sweep }): Seller[] => {
    if (!stock || !sells?.publish || !shows) return []
    const warehouses = routes
      .filter(({ when }) => when.channel === undefined || when.channel === id)
      .map(({ wms }) => wms)
    const reached = Object.entries(stock.locations).filter(([, { warehouse }]) =>
      warehouses.includes(warehouse),
    )
    const isSoldFrom = (name: string) => sells.locations?.includes(name) ?? true
    const places = reached.filter(([name]) => isSoldFrom(name))
    const locations = Map.groupBy(places, ([, { warehouse }]) => warehouse)
    const { everyMinutes = 5, overlapMinutes = 5, lagSeconds = 30 } = sweep ?? {}
    return [
      {
        connection: id,
        terms: sells,
        semantics: shows,
        locations: new Map(
          [...locations].map(([warehouse, some]) => [
            warehouse,
            Object.fromEntries(some.map(([name, { safety }]) => [name, safety])),
          ]),
        ),
        others: new Set(reached.map(([name]) => name).filter((name) => !isSoldFrom(name))),
        patience: (everyMinutes * pollsMissed + overlapMinutes) * 60 + lagSeconds,
      },
    ]
  })
  return new Map(all.map((seller) => [seller.connection, seller]))
}

/** Listings of a channel, by their SKUs. */
export const listingsOf = (
  connection: ConnectionId,
  skus: readonly string[],
): readonly ListingId[] => skus.map((sku) => ({ connection, sku }))
