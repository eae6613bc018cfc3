import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Listing, ListingId } from '../../schemas/stored/listing.ts'
import type { Clock, Listings } from '../ports.ts'
import type { Attributes } from './attribute.ts'
import { desired, dirtyIn, stateOf, withStates } from './listing.ts'
import type { Seller } from './sellers.ts'

export interface ProjectDeps {
  readonly listings: Listings
  readonly attributes: Attributes
  readonly sellers: ReadonlyMap<ConnectionId, Seller>
  readonly clock: Clock
}

export interface Projected {
  /** As they are now. */
  readonly listings: readonly Listing[]
  /** Those whose channel has to be told something that it did not have to be told before. */
  readonly turned: readonly ListingId[]
}

/** Rounds before a listing that others keep changing is left to them: whoever changed it looked at stock, too. */
const rounds = 8

/** Works out anew what channels are to show of some listings, and writes down what is new. */
export async function project(
  ids: readonly ListingId[],
  at: Instant,
  deps: ProjectDeps,
): Promise<Projected> {
  const done: Listing[] = []
  const turned: ListingId[] = []
  let left = ids.filter(({ connection }) => deps.sellers.has(connection))
  for (let round = 0; left.length > 0 && round < rounds; round++) {
    const found = await deps.listings.find(left, 'now')
    const look = await lookAt(found, at, deps)
    const settled = await Promise.all(
      found.map(async (before) => {
        const after = look(before)
        const isDone = after === before || (await deps.listings.save(before, after))
        return { before, after, isDone }
      }),
    )
    for (const { before, after, isDone } of settled) {
      if (!isDone) continue
      done.push(after)
      const waiting = dirtyIn(before)
      if (dirtyIn(after).some((name) => !waiting.includes(name))) turned.push(idOf(after))
    }
    left = settled.flatMap(({ before, isDone }) => (isDone ? [] : [idOf(before)]))
  }
  return { listings: done, turned }
}

const idOf = ({ connection, sku }: ListingId): ListingId => ({ connection, sku })

/** Reads what the values of all attributes follow from. */
async function lookAt(
  found: readonly Listing[],
  at: Instant,
  { attributes, sellers, clock }: ProjectDeps,
): Promise<(listing: Listing) => Listing> {
  const looks = await Promise.all(
    Object.entries(attributes).map(async ([name, attribute]) => {
      const desireOf = await attribute.desire(found)
      return { name, attribute, desireOf }
    }),
  )
  const now = clock().toISOString()
  return (listing) => {
    const seller = sellers.get(listing.connection)
    if (!seller) return listing
    const states = looks.map(({ name, attribute, desireOf }) => {
      const next = desireOf(listing, seller)
      const about = { attribute, seller, now, at }
      return [name, desired(stateOf(listing, name), next, about)] as const
    })
    return withStates(listing, Object.fromEntries(states))
  }
}
