import { type LearnDeps, learn } from '../../domain/order/learn.ts'
import { earliest } from '../../domain/order/time.ts'
import type { Listings, Shelf } from '../../domain/ports.ts'
import { type ProjectDeps, project } from '../../domain/stock/project.ts'
import { freeIn } from '../../domain/stock/row.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { type ListingId, TermsChange } from '../../schemas/stored/listing.ts'
import { type Article, StockRow } from '../../schemas/stored/stock.ts'

export interface ProjectStockDeps extends ProjectDeps, LearnDeps {
  readonly listings: Listings
  /** Tells the lanes which listings have to be looked at. */
  hint(ids: readonly ListingId[]): Promise<void>
  /** Rings for units that were promised and are not there. */
  oversold(units: number): void
}

export interface Changed {
  readonly before: unknown
  readonly after: unknown
  readonly at: string
}

/**
 * What follows from changed stock: channels are offered other numbers, and orders that wait for units get a look at those
 * that became free. Everything is read anew, so that it does not matter how often or in which order changes are told.
 */
export async function projectStock(changes: readonly Changed[], deps: ProjectStockDeps) {
  const rows = changes.flatMap(rowsIn)
  const articles = [...new Map(rows.map(({ after }) => [nameOf(after), articleOf(after)])).values()]
  const now = deps.clock().toISOString()
  const at = earliest(changes.map((change) => change.at)) ?? now
  const oversold = rows.reduce((sum, row) => sum + newlyOversold(row), 0)
  if (oversold > 0) deps.oversold(oversold)

  const shelves = await deps.shelves.shelves([
    ...articles,
    ...(await articlesOfTerms(changes, deps)),
  ])
  const ids = new Map(
    shelves
      .flatMap(({ sold }) => sold)
      .map(({ connection, sku }) => [`${connection}#${sku}`, { connection, sku }]),
  )
  const { turned } = await project([...ids.values()], at, deps)
  await deps.hint(turned)

  const grown = new Set(rows.filter(hasGrown).map(({ after }) => nameOf(after)))
  const waiting = shelves.filter((shelf) => grown.has(nameOf(shelf))).flatMap(firstInLine)
  for (const id of new Set(waiting)) await learn({ id }, { type: 'deadline', at: now }, deps)
  return { count: turned.length }
}

/** What a listing has to itself others have not: new terms of one concern every listing with its articles. */
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
  const parts = found.flatMap((listing) => listing.parts.map(articleOf))
  return [...new Map(parts.map((part) => [nameOf(part), part])).values()]
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
const articleOf = ({ warehouse, sku }: Article): Article => ({ warehouse, sku })

/** Units below nothing that were not so before. */
const newlyOversold = ({ before, after }: RowChange): number =>
  Math.max(0, -freeIn(after) - Math.max(0, before ? -freeIn(before) : 0))

const hasGrown = ({ before, after }: RowChange): boolean =>
  freeIn(after) > (before ? freeIn(before) : 0)

/** As many orders as the free units may serve, those that waited longest. */
function firstInLine({ rows, waits }: Shelf): readonly OrderId[] {
  const free = rows.reduce((sum, row) => sum + Math.max(0, freeIn(row)), 0)
  return waits.slice(0, free).map(({ orderId }) => orderId)
}
