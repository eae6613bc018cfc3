import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { SellingTerms, StockSettings } from '../../schemas/settings.ts'
import type { Article, Place } from '../../schemas/stored/stock.ts'

export type Location = StockSettings['locations'][string] & { readonly name: string }

/** The retailer's stock settings, as the ledger needs them. */
export interface StockPolicy {
  /** A warehouse's locations by priority; none if it is not counted. */
  locationsOf(warehouse: ConnectionId): readonly Location[]
  /** All places of an article by the current settings. */
  placesOf(article: Article): readonly Place[]
  /** What happens to an order for more than is available. */
  shortStock(channel: ConnectionId): SellingTerms['shortStock']
  readonly choose: StockSettings['allocation']
  readonly holdSeconds: number
}

interface Known {
  readonly stock?: StockSettings | undefined
  readonly connections: readonly { readonly id: ConnectionId; readonly sells?: SellingTerms }[]
}

/** `undefined` if the settings have no stock. */
export function stockPolicyOf({ stock, connections }: Known): StockPolicy | undefined {
  if (!stock) return undefined
  const locations = Object.entries(stock.locations)
    .map(([name, location]): Location => ({ name, ...location }))
    .toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1))
  // A plain object would have names such as `constructor`.
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
