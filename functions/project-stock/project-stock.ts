import { earliest } from '../../domain/instant.ts'
import { type ProjectDeps, project } from '../../domain/listings/project.ts'
import { requestListings } from '../../domain/listings/request-listings.ts'
import { type RecordFactDeps, recordFact } from '../../domain/order/record-fact.ts'
import type { Listings, Lookups, Shelf, Shelves } from '../../domain/ports.ts'
import { freeOf, shortAt } from '../../domain/stock/netting.ts'
import { freeIn } from '../../domain/stock/row.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { ListingHint, LookupHint } from '../../schemas/messages/listing-message.ts'
import { type ListingId, TermsChange } from '../../schemas/stored/listing.ts'
import { Lookup } from '../../schemas/stored/lookup.ts'
import { type Article, StockRow } from '../../schemas/stored/stock.ts'

export interface ProjectStockDeps extends ProjectDeps, RecordFactDeps {
  readonly listings: Listings
  readonly lookups: Lookups
  readonly shelves: Shelves
  /** Tells the lanes which listings have to be looked at, or looked up. */
  hint(hints: readonly (ListingHint | LookupHint)[]): Promise<void>
  /** Rings for units that were promised and are not there. */
  oversold(units: number): void
}

export interface Changed {
  readonly before: unknown
  readonly after: unknown
  readonly at: string
}

/**
 * The consequences of changed stock: new quantities for channels, look-ups of new articles, and hints for orders that
 * wait for freed units. Reads everything again, so repeated or reordered changes do not matter.
 */
export async function projectStock(changes: readonly Changed[], deps: ProjectStockDeps) {
  const rows = changes.flatMap(rowsIn)
  const now = deps.clock().toISOString()
  const at = earliest(changes.map((change) => change.at)) ?? now
  const shelves = await deps.shelves.shelves(
    unique([...rows.map(({ after }) => after), ...(await articlesOfTerms(changes, deps))]),
  )
  const oversold = shelves.reduce((sum, shelf) => sum + newlyOversold(shelf, rows, deps), 0)
  if (oversold > 0) deps.oversold(oversold)

  const ids = new Map(
    shelves
      .flatMap(({ sold }) => sold)
      .map(({ connection, sku }) => [`${connection}#${sku}`, { connection, sku }]),
  )
  const { turned } = await project([...ids.values()], at, deps)
  await deps.hint([...turned, ...requestedIn(changes)])
  await requestListings(await unknownListings(rows, shelves, deps), deps)

  const grown = new Set(rows.filter(hasGrown).map(({ after }) => nameOf(after)))
  const waiting = shelves
    .filter((shelf) => grown.has(nameOf(shelf)))
    .flatMap((shelf) => firstInLine(shelf, deps))
  for (const id of new Set(waiting)) await recordFact({ id }, { type: 'deadline', at: now }, deps)
  return { count: turned.length }
}

/** Look-ups that are due now. */
function requestedIn(changes: readonly Changed[]): readonly LookupHint[] {
  const lookups = changes.flatMap(({ after }) => {
    const lookup = Lookup.safeParse(after)
    return lookup.success && lookup.data.dueAt !== undefined ? [lookup.data] : []
  })
  return [...Map.groupBy(lookups, ({ connection }) => connection)].map(([connection, some]) => ({
    connection,
    lookUp: { requested: [...new Set(some.flatMap(({ sku }) => sku ?? []))] },
  }))
}

/**
 * Possible listings, under the same SKU, of articles counted for the first time at a location, on channels that sell
 * from there.
 */
async function unknownListings(
  rows: readonly RowChange[],
  shelves: readonly Shelf[],
  { sellers, listings }: ProjectStockDeps,
): Promise<readonly ListingId[]> {
  const sold = new Map(shelves.map((shelf) => [nameOf(shelf), shelf.sold]))
  const ids = rows.flatMap(({ before, after }): ListingId[] => {
    if (before || after.share > 0) return []
    const { sku, warehouse, location } = after
    const known = sold.get(nameOf(after)) ?? []
    return [...sellers.values()].flatMap(({ connection, locations }) => {
      const isSold = known.some((one) => one.connection === connection && one.sku === sku)
      const isHere = location in (locations.get(warehouse) ?? {})
      return isHere && !isSold ? [{ connection, sku }] : []
    })
  })
  if (ids.length === 0) return []
  const idOf = ({ connection, sku }: ListingId) => `${connection}#${sku}`
  const known = new Set((await listings.find(ids, 'now')).map(idOf))
  return [...new Map(ids.map((id) => [idOf(id), id])).values()].filter((id) => !known.has(idOf(id)))
}

/** Exclusive units are missing for others, so new terms of one listing affect every listing with its articles. */
async function articlesOfTerms(
  changes: readonly Changed[],
  { listings }: ProjectStockDeps,
): Promise<readonly Article[]> {
  const told = changes.flatMap(({ after }) => {
    const change = TermsChange.safeParse(after)
    return change.success ? [{ connection: change.data.connection, sku: change.data.sku }] : []
  })
  if (told.length === 0) return []
  const found = await listings.find(told, 'now')
  return found.flatMap((listing) => listing.parts)
}

interface RowChange {
  readonly before: StockRow | undefined
  readonly after: StockRow
}

function rowsIn({ before, after }: Changed): readonly RowChange[] {
  const row = StockRow.safeParse(after)
  if (!row.success) return []
  return [{ before: StockRow.safeParse(before).data, after: row.data }]
}

const nameOf = ({ warehouse, sku }: Article): string => `${warehouse}#${sku}`
const unique = (articles: readonly Article[]): readonly Article[] => [
  ...new Map(
    articles.map(({ warehouse, sku }) => [nameOf({ warehouse, sku }), { warehouse, sku }]),
  ).values(),
]

/** Units that the warehouse as a whole is newly short of. */
function newlyOversold(shelf: Shelf, changed: readonly RowChange[], deps: RecordFactDeps): number {
  const short = shortAt(countedRows(shelf, deps))
  const lost = changed
    .filter(({ after }) => nameOf(after) === nameOf(shelf))
    .reduce((sum, { before, after }) => sum + (before ? freeIn(before) : 0) - freeIn(after), 0)
  return Math.max(0, Math.min(short, lost))
}

const hasGrown = ({ before, after }: RowChange): boolean =>
  freeIn(after) > (before ? freeIn(before) : 0)

/** The orders that waited longest, as many as the free units may serve. */
const firstInLine = (shelf: Shelf, deps: RecordFactDeps): readonly OrderId[] =>
  shelf.waits.slice(0, freeOf(countedRows(shelf, deps))).map(({ orderId }) => orderId)

/** The rows of an article at locations in the settings. */
function countedRows({ warehouse, rows }: Shelf, { policy }: RecordFactDeps): readonly StockRow[] {
  const locations = policy.stock?.locationsOf(warehouse) ?? []
  return rows.filter(({ location }) => locations.some(({ name }) => name === location))
}
