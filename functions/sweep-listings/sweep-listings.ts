import { after } from '../../domain/instant.ts'
import { dirtyIn, scoreOf, stateOf, withStates } from '../../domain/listings/listing.ts'
import { type ProjectDeps, project } from '../../domain/listings/project.ts'
import { requestEverything } from '../../domain/listings/request-listings.ts'
import type { Seller } from '../../domain/listings/sellers.ts'
import type { Lookups } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ListingHint, LookupHint } from '../../schemas/messages/listing-message.ts'
import type { Listing } from '../../schemas/stored/listing.ts'

export interface SweepListingsDeps extends ProjectDeps {
  /** Seconds within which a change must reach its channel. */
  readonly limit: number
  hint(hints: readonly (ListingHint | LookupHint)[]): Promise<void>
  readonly lookups: Lookups
  /** When each channel's pending look-ups are checked next: periodically, and when a process starts. */
  readonly nextLook: Map<ConnectionId, Instant>
  /** A change that missed its time limit. */
  missed(connection: ConnectionId): void
  /** The same while the channel is down: the breaker's alarm covers it. */
  missedInOutage(connection: ConnectionId): void
  isDown(connection: ConnectionId): Promise<boolean>
  /** The number of listings that wait for a channel. */
  backlog(connection: ConnectionId, listings: number): void
}

/** Seconds after which a hint counts as lost. */
const patience = 60

/** Seconds between two checks of pending look-ups. */
const lookSeconds = 900

/** Comparisons started per run, so that a new deployment does not start all at once. */
const beginners = 5

/**
 * Repeats lost hints for waiting listings, counts missed time limits, and recalculates listings whose unseen sales
 * have expired. Starts the comparison of a channel that was never compared, or not for twice its interval.
 */
export async function sweepListings(deps: SweepListingsDeps): Promise<{ readonly count: number }> {
  let count = 0
  let begun = 0
  for (const [connection, seller] of deps.sellers) {
    count += await sweep(connection, (await deps.isDown(connection)) ? inOutage(deps) : deps)
    if (begun < beginners && (await sweepLookups(seller, deps))) begun += 1
  }
  return { count }
}

const inOutage = (deps: SweepListingsDeps): SweepListingsDeps => ({
  ...deps,
  missed: deps.missedInOutage,
  backlog: () => {},
})

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
  const waiting = listings.filter((listing) => dirtyIn(listing).length > 0)
  deps.backlog(connection, waiting.length)
  for (const listing of waiting) await score(listing, now, deps)

  const believed = listings.filter(({ attributes: { quantity } }) => {
    return quantity?.unseen && quantity.unseen.until <= now
  })
  const { turned } = await project(believed, now, deps)
  const lost = after(now, -patience)
  const isLost = waiting.some((listing) =>
    dirtyIn(listing).some((name) => (stateOf(listing, name).dirtySince ?? now) < lost),
  )
  await deps.hint(isLost ? [{ connection }] : turned)
  return listings.length
}

async function score(listing: Listing, now: string, deps: SweepListingsDeps): Promise<void> {
  const missed = dirtyIn(listing).flatMap((name) => {
    const state = stateOf(listing, name)
    return scoreOf(state, now, deps.limit) === 'missed' ? [[name, { ...state, late: true }]] : []
  })
  // Whoever else changed it leaves it to the next turn: the point is counted by the one who writes it down.
  const after = withStates(listing, Object.fromEntries(missed))
  if (after === listing || !(await deps.listings.save(listing, after))) return
  for (const _ of missed) deps.missed(listing.connection)
}
