import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { SellingTerms } from '../../schemas/settings.ts'
import type { Listing, ListingTerms, TermsChange, Why } from '../../schemas/stored/listing.ts'
import { Fault } from '../fault.ts'
import type { Clock, Listings, ListingTermsBook } from '../ports.ts'

/** The terms that a listing is offered on: its own, and its channel's for all that it has none of. */
export const termsOf = (
  { terms }: Pick<Listing, 'terms'>,
  channel: SellingTerms,
): SellingTerms => ({
  ...channel,
  ...defined(terms ?? {}),
})

const named = ['buffer', 'allocation', 'minimum', 'maximum', 'leadTimeDays'] as const

/** Which terms a listing has of its own. */
export const ownTermsOf = ({ terms }: Pick<Listing, 'terms'>): NonNullable<Why['byListing']> =>
  named.filter((name) => terms?.[name] !== undefined)

/** Units that no other channel is shown, where a listing itself says how its part is dealt out; `undefined` where it does not. */
export function exclusiveOf(terms: Listing['terms']): number | undefined {
  const allocation = terms?.allocation
  if (!allocation) return undefined
  return 'exclusive' in allocation ? allocation.exclusive : 0
}

/** A listing after somebody gave it terms of its own, or took them back. */
export function withTerms(listing: Listing, { terms }: Pick<TermsChange, 'terms'>): Listing {
  const { terms: _, ...rest } = listing
  const own = defined(terms)
  return {
    ...rest,
    rev: listing.rev + 1,
    ...(Object.keys(own).length > 0 && { terms: own }),
  }
}

const defined = <T extends object>(terms: T): Partial<T> =>
  // Entries of an object are of its own type, which `fromEntries` forgets.
  Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)) as Partial<T>

/** What is said of one listing; no terms: its channel's hold again. */
export interface TermsTold {
  readonly sku: string
  readonly terms: ListingTerms
}

export interface TermsDeps {
  readonly listings: Pick<Listings, 'find'>
  readonly terms: ListingTermsBook
  readonly clock: Clock
}

interface Said {
  readonly channel: ConnectionId
  readonly told: readonly TermsTold[]
  /** Who said so. */
  readonly by: string
}

/** By SKU what became of what was said; `unknown`: the channel is not known to sell it. */
export type TermsOutcomes = ReadonlyMap<string, 'changed' | 'unchanged' | 'unknown'>

/** Rounds before a listing that others keep changing is an error: each of them is a moment. */
const rounds = 12

/** Gives listings of a channel terms of their own, each with who said so. What follows from it is worked out from the change. */
export async function setTerms(
  { channel, told, by }: Said,
  { listings, terms, clock }: TermsDeps,
): Promise<TermsOutcomes> {
  const outcomes = new Map<string, 'changed' | 'unchanged' | 'unknown'>()
  let left = told
  for (let round = 0; left.length > 0; round++) {
    if (round === rounds)
      throw new Fault(`listings of ${channel} changed ${rounds} times during the update`)
    const ids = left.map(({ sku }) => ({ connection: channel, sku }))
    const found = new Map((await listings.find(ids, 'now')).map((one) => [one.sku, one]))
    const at = clock().toISOString()
    const again = await Promise.all(
      left.map(async (one) => {
        const before = found.get(one.sku)
        const is = !before ? 'unknown' : isSame(before, one) ? 'unchanged' : 'changed'
        const change = { connection: channel, sku: one.sku, at, by, terms: one.terms }
        if (before && is === 'changed' && !(await terms.change(before, change))) return [one]
        outcomes.set(one.sku, is)
        return []
      }),
    )
    left = again.flat()
  }
  return outcomes
}

const isSame = ({ terms = {} }: Listing, told: TermsTold): boolean =>
  textOf(terms) === textOf(told.terms)

const textOf = (terms: ListingTerms): string =>
  JSON.stringify([...named, 'publish' as const].map((name) => terms[name] ?? null))
