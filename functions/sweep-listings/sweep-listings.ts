import { after } from '../../domain/order/time.ts'
import { counted, scoreOf } from '../../domain/stock/listing.ts'
import { type ProjectDeps, project } from '../../domain/stock/project.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { StockHint } from '../../schemas/messages/stock-hint.ts'
import type { Listing } from '../../schemas/stored/listing.ts'

export interface SweepListingsDeps extends ProjectDeps {
  /** Seconds within which a change is to reach its channel. */
  readonly limit: number
  hint(hints: readonly StockHint[]): Promise<void>
  /** A change that missed its time. */
  missed(connection: ConnectionId): void
  /** How many listings of a channel wait to be told. */
  backlog(connection: ConnectionId, listings: number): void
}

/** A hint that is on its way gets there within this many seconds, or is taken for lost. */
const patience = 60

/**
 * Leaves no listing in limbo: those that waited too long are hinted at again and counted once their time is over, and what
 * was believed of unseen sales is looked at when its time is over.
 */
export async function sweepListings(deps: SweepListingsDeps): Promise<{ readonly count: number }> {
  let count = 0
  for (const connection of deps.sellers.keys()) count += await sweep(connection, deps)
  return { count }
}

async function sweep(connection: ConnectionId, deps: SweepListingsDeps): Promise<number> {
  const now = deps.clock().toISOString()
  const due = await deps.listings.due(connection, { now })
  const listings = await deps.listings.find(due, 'now')
  const waiting = listings.filter(({ dirtySince }) => dirtySince !== undefined)
  deps.backlog(connection, waiting.length)
  for (const listing of waiting) await score(listing, now, deps)

  const believed = listings.filter(({ unseen }) => unseen && unseen.until <= now)
  const { turned } = await project(believed, now, deps)
  const isLost = waiting.some(({ dirtySince = now }) => dirtySince < after(now, -patience))
  await deps.hint(isLost ? [{ connection }] : turned)
  return listings.length
}

async function score(listing: Listing, now: string, deps: SweepListingsDeps): Promise<void> {
  if (scoreOf(listing, now, deps.limit) !== 'missed') return
  // Whoever else changed it leaves it to the next turn: the point is counted by the one who writes it down.
  if (await deps.listings.save(listing, counted(listing))) deps.missed(listing.connection)
}
