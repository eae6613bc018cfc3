import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { SellingTerms, StockSettings } from '../../schemas/settings.ts'
import type { Article, Place } from '../../schemas/stored/stock.ts'

export type Location = StockSettings['locations'][string] & { readonly name: string }

/** What the retailer decided about stock, as the ledger asks it. */
export interface StockPolicy {
  /** Where a warehouse keeps its goods, by priority; none when it is not counted. */
  locationsOf(warehouse: ConnectionId): readonly Location[]
  /** Every place an article may lie at, by the settings as they are now. */
  placesOf(article: Article): readonly Place[]
  /** What happens to an order for more than there is. */
  shortStock(channel: ConnectionId): SellingTerms['shortStock']
  readonly choose: StockSettings['allocation']
  readonly holdSeconds: number
}

interface Known {
  readonly stock?: StockSettings | undefined
  readonly connections: readonly { readonly id: ConnectionId; readonly sells?: SellingTerms }[]
}

/** `undefined` when the settings know no stock. */
export function stockPolicyOf({ stock, connections }: Known): StockPolicy | undefined {
  if (!stock) return undefined
  const locations = Object.entries(stock.locations)
    .map(([name, location]): Location => ({ name, ...location }))
    .toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1))
  // A record knows names that nobody wrote into it, such as `constructor`.
  const shares = new Map(Object.entries(stock.hotSkuShards))
  const terms = new Map(connections.map(({ id, sells }) => [id, sells]))
  const locationsOf = (warehouse: ConnectionId) =>
    locations.filter((location) => location.warehouse === warehouse)
  return {
    locationsOf,
    placesOf: ({ warehouse, sku }) =>
      locationsOf(warehouse).flatMap(({ name }) =>
        Array.from({ length: shares.get(sku) ?? 1 }, (_, share) => ({
          warehouse,
          sku,
          location: name,
          share,
        })),
      ),
    shortStock: (channel) => terms.get(channel)?.shortStock ?? 'wait',
    choose: stock.allocation,
    holdSeconds: stock.holdMinutes * 60,
  }
}
