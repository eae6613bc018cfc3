import { statusOf } from '../domain/order/state.ts'
import { Listing } from '../schemas/stored/listing.ts'
import type { OrderState } from '../schemas/stored/order-state.ts'
import { nameOf, onShelf, type Shelf } from './goods.ts'
import type { Run } from './run.ts'
import { missingIn } from './stock-witness.ts'
import type { Vendor } from './vendors.ts'
import type { Breach } from './witness.ts'

/** Judges for every article, when all is calm, what the ledger, the warehouses and the shops say of it. */
export function judgeStock(run: Run): readonly Breach[] {
  const { goods, witness, vendors } = run
  return [
    ...goods.shelves.flatMap((shelf) => [...onHand(shelf, run)]),
    ...[...witness.heads.values()].flatMap((head) => [...ended(head), ...refused(head, run)]),
    ...vendors.flatMap((shop) => [...shown(shop, run)]),
  ]
}

/** Whether stock has come to rest: shelves are counted and shops are told. */
export const isStockCalm = (run: Run): boolean => judgeStock(run).length === 0

function* onHand(shelf: Shelf, { stock, goods }: Run): Iterable<Breach> {
  const { sku, location, wms } = shelf
  const warehouse = wms.connection.id
  const there = onShelf(shelf).onHand
  const rows = [...stock.rows.values()].filter(
    (row) => row.warehouse === warehouse && row.sku === sku && row.location === location,
  )
  const known = rows.reduce((sum, row) => sum + row.onHand, 0)
  if (known !== Math.max(0, there)) {
    const what = `${nameOf(shelf)}: ${there} lie there, ${known} are known`
    yield { promise: 'stock conserved', what, article: sku }
  }
  if (there < 0 && !goods.lost.has(sku)) {
    const what = `${nameOf(shelf)}: ${-there} more left than there were`
    yield { promise: 'no oversell', what, article: sku }
  }
}

/** An order that is over keeps nothing from others. */
function* ended(head: OrderState): Iterable<Breach> {
  const status = statusOf(head)
  if (status !== 'complete' && status !== 'cancelled') return
  for (const { sku, location, reserved } of head.stock?.reservations ?? []) {
    if (reserved === 0) continue
    const what = `it is ${status} and ${reserved} ${sku} at ${location} are reserved for it`
    yield { promise: 'reserved once', what, order: head.id, article: sku }
  }
}

/** Who waits for stock waits for some that is not there. */
function* refused(head: OrderState, { stock }: Run): Iterable<Breach> {
  const warehouse = head.route?.wms
  if (!warehouse || !head.stock || head.stock.short.length === 0) return
  const missing = missingIn(head)
  if (missing.some(([sku, units]) => stock.freeOf({ warehouse, sku }) < units)) return
  const said = missing.map(([sku, units]) => `${units} ${sku}`).join(', ')
  const what = `it waits for ${said}, and there is enough`
  yield { promise: 'no needless refusal', what, order: head.id }
}

/** A shop shows what it may sell. */
function* shown({ connection, twin }: Vendor, { cloud, goods }: Run): Iterable<Breach> {
  if (!connection.shows || goods.shelves.length === 0) return
  const listings = listingsIn(cloud)
  for (const item of (twin.state()['inventory'] ?? []) as readonly Item[]) {
    const listing = listings.find((one) => one.connection === connection.id && one.sku === item.sku)
    const { desired, dirtySince } = listing?.attributes.quantity ?? {}
    const units = desired?.value
    if (units === item.available && dirtySince === undefined) continue
    const what = `${connection.id} shows ${item.available} of ${item.sku}, ${units} may be sold`
    yield { promise: 'truthful quantities', what, article: item.sku }
  }
}

interface Item {
  readonly sku: string
  readonly available: number
}

const listingsIn = ({ tables }: Run['cloud']): readonly Listing[] =>
  [...tables.values()]
    .flatMap((table) => table.all())
    .filter(({ sk }) => sk === 'listing')
    .map((item) => Listing.parse(item))
