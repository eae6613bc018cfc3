import type { CountingDeps } from '../../domain/stock/counting.ts'
import { type StockPolicy, stockPolicyOf } from '../../domain/stock/places.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { StockSettings } from '../../schemas/settings.ts'
import { partner } from './generic-webhook.ts'
import { MemoryMarks } from './memory-marks.ts'
import { MemoryStock } from './memory-stock.ts'
import { wms } from './orders.ts'

export const stockSettings = StockSettings.parse({
  locations: {
    berlin: { warehouse: wms, code: '8', priority: 1 },
    lyon: { warehouse: wms, code: '9', priority: 2 },
    hall: { warehouse: partner, code: 'H1' },
  },
  hotSkuShards: { HOT: 3 },
})

/** Two locations of one warehouse, counted in memory. */
export function openCounting(change: { readonly book?: (stock: MemoryStock) => MemoryStock } = {}) {
  const policy: StockPolicy | undefined = stockPolicyOf({
    stock: stockSettings,
    connections: [{ id: wms }],
  })
  if (!policy) throw new Error('the settings know stock')
  const stock = new MemoryStock(policy.placesOf)
  const marks = new MemoryMarks()
  const deps: CountingDeps = {
    book: change.book?.(stock) ?? stock,
    places: policy.placesOf,
    marks,
    jitter: async () => {},
  }
  const [berlin, lyon] = policy.locationsOf(wms)
  if (!berlin || !lyon) throw new Error('the settings have two locations')
  /** What is known of an article at a location, its shares together. */
  const known = (sku: string, location = 'berlin', warehouse: ConnectionId = wms) => {
    const rows = stock
      .all()
      .filter((row) => row.sku === sku && row.location === location && row.warehouse === warehouse)
    const sum = (of: 'onHand' | 'quarantined' | 'reserved') =>
      rows.reduce((total, row) => total + row[of], 0)
    return {
      rows,
      onHand: sum('onHand'),
      quarantined: sum('quarantined'),
      reserved: sum('reserved'),
    }
  }
  return { policy, stock, marks, deps, berlin, lyon, known }
}
