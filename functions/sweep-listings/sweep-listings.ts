import { after } from '../../domain/instant.ts'
import { counted, scoreOf } from '../../domain/listings/listing.ts'
import { type ProjectDeps, project } from '../../domain/listings/project.ts'
import { requestEverything } from '../../domain/listings/request-listings.ts'
import type { Seller } from '../../domain/listings/sellers.ts'
import type { Lookups } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { LookupHint, StockHint } from '../../schemas/messages/stock-hint.ts'
import type { Listing } from '../../schemas/stored/listing.ts'

export interface SweepListingsDeps extends ProjectDeps {
  /** Seconds within which a change is to reach its channel. */
  readonly limit: number
  hint(hints: readonly (StockHint | LookupHint)[]): Promise<void>
  readonly lookups: Lookups
  /** When what each channel was asked for is to be looked at again: once in a while, and when a process begins. */
  readonly nextLook: Map<ConnectionId, Instant>
  /** A change that missed its time. */
  missed(connection: ConnectionId): void
  /** How many listings of a channel wait to be told. */
  backlog(connection: ConnectionId, listings: number): void
}

/** A hint that is on its way gets there within this many seconds, or is taken for lost. */
const patience = 60

/** Seconds between two looks at what a channel was asked for. */
const lookSeconds = 900

/** Channels of which a comparison begins in one turn, so that those of a new deployment do not begin all at once. */
const beginners = 5

/**
 * Leaves no listing in limbo: those that waited too long are hinted at again and counted once their time is over, and what
 * was believed of unseen sales is looked at when its time is over. A channel that nothing has compared for twice as long as its
 * settings say, or ever, is compared now.
 */
export async function sweepListings(deps: SweepListingsDeps): Promise<{ readonly count: number }> {
  let count = 0
  let begun = 0
  for (const [connection, seller] of deps.sellers) {
    count += await sweep(connection, deps)
    if (begun < beginners && (await sweepLookups(seller, deps))) begun += 1
  }
  return { count }
}

/** Resolves with whether a comparison was requested. */
async function sweepLookups(
  { connection, terms }: Seller,
  { lookups, nextLook, clock, hint }: SweepListingsDeps,
): Promise<boolean> {
  const now = clock().toISOString()
  if ((nextLook.get(connection) ?? '') > now) return false
  const unlessSince = after(now, -2 * 60 * terms.compareMinutes)
  const isNew = await requestEverything(connection, { at: now, unlessSince }, lookups)
  const due = isNew ? [] : await lookups.due(connection, after(now, -patience))
  if (due.length > 0) await hint([{ connection, lookUp: { requested: [] } }])
  nextLook.set(connection, after(now, lookSeconds))
  return isNew
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
