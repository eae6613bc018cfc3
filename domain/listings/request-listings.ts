import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ListingId } from '../../schemas/stored/listing.ts'
import { after } from '../instant.ts'
import type { Clock, Lookups } from '../ports.ts'
import type { Seller } from './sellers.ts'

export interface RequestDeps {
  readonly lookups: Lookups
  readonly sellers: ReadonlyMap<ConnectionId, Pick<Seller, 'locations'>>
  readonly clock: Clock
}

/** Listings of one channel that are asked for one by one; for more than these everything is read. */
const most = 1000

/**
 * Has channels asked for listings now instead of at the next comparison by schedule; only those that are told quantities. Each
 * is asked for once, unless it was requested before a moment.
 */
export async function requestListings(
  ids: readonly ListingId[],
  { lookups, sellers, clock }: RequestDeps,
  unlessSince?: Instant,
): Promise<void> {
  const at = clock().toISOString()
  const few: ListingId[] = []
  for (const [connection, some] of Map.groupBy(ids, (id) => id.connection)) {
    if (!sellers.has(connection)) continue
    if (some.length <= most) few.push(...some)
    else await requestEverything(connection, { at, unlessSince: unlessSince ?? at }, lookups)
  }
  await lookups.request(few, { at, ...(unlessSince !== undefined && { unlessSince }) })
}

/** Seconds in which nobody has put something up for sale that was not there. */
const patience = 60

/** Has channels asked for what people name: again, if that was done before, because they may have put it up for sale since. */
export const requestNamed = (ids: readonly ListingId[], deps: RequestDeps): Promise<void> =>
  requestListings(ids, deps, after(deps.clock().toISOString(), -patience))

/**
 * Has a channel compared as a whole, unless that was requested, or done by its schedule, since a moment. Resolves with whether it was
 * requested now.
 */
export async function requestEverything(
  connection: ConnectionId,
  { at, unlessSince }: { readonly at: Instant; readonly unlessSince: Instant },
  lookups: Lookups,
): Promise<boolean> {
  const [before] = await lookups.find([{ connection }])
  const last = [before?.at ?? '', before?.compared?.at ?? ''].toSorted().at(-1) ?? ''
  if (last > unlessSince) return false
  // Where another was first, it has requested the same.
  return lookups.save(before, { ...before, connection, at, dueAt: at })
}

/** Writes down that a channel was compared as a whole: what was requested before it began is answered by it. */
export async function noteCompared(
  connection: ConnectionId,
  compared: { readonly at: Instant; readonly listings: number },
  lookups: Lookups,
): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const [before] = await lookups.find([{ connection }])
    const { dueAt, ...rest } = before ?? { connection, at: compared.at }
    const isDue = dueAt !== undefined && dueAt > compared.at
    if (await lookups.save(before, { ...rest, ...(isDue && { dueAt }), compared })) return
  }
}
