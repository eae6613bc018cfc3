import { retry } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import type { CountedArticle, Counts, ReadCounts } from '../../domain/stock/counts.ts'
import { countedOn, queryOf } from '../kit/counts.ts'
import { shipbobApi } from './orders.ts'
import { InventoryPage, InventoryWire } from './wire.ts'

const path = '/inventory-level/locations'

/** As many to a page as ShipBob's largest page of orders. */
const first = String(
  new URLSearchParams({ PageSize: '250', SortBy: 'inventory_id', IsDigital: 'false' }),
)

/**
 * All inventory with all of its places: asked for one place, ShipBob may leave out what ran out there, and that is what
 * must not be missed.
 */
const readCounts: ReadCounts = async (account, { code, cursor = first }) => {
  const at = account.now().toISOString()
  const page = await shipbobApi.ask(account, { path: `${path}?${cursor}`, answer: InventoryPage })
  if (!page.ok) return page
  const { items, next } = page.value
  const rest = next ? queryOf(next, path) : undefined
  if (next && rest === undefined) return err(retry('ShipBob named a next page that is elsewhere'))

  const counted = countedOn(items ?? [], InventoryWire, (item) =>
    item.sku ? countOf(item, code) : undefined,
  )
  return ok({ ...counted, at, ...(rest !== undefined && { cursor: rest }) })
}

export const counts: Counts = {
  problem: (code) =>
    /^[1-9]\d{0,9}$/.test(code)
      ? undefined
      : `"${code}" is no id of a fulfilment centre; write its number, as GET /2026-01/location lists it`,
  read: readCounts,
}

/** What is neither promised nor to be had is damaged, lost or on its way between two centres. */
function countOf({ sku, locations }: InventoryWire, code: string): CountedArticle {
  const here = (locations ?? []).find(({ location_id }) => location_id === code)
  const onHand = here?.on_hand_quantity ?? 0
  const good = (here?.committed_quantity ?? 0) + (here?.fulfillable_quantity ?? 0)
  return { sku: sku?.trim() ?? '', onHand, quarantined: Math.max(0, onHand - good) }
}
