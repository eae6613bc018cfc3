import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'
import type { AttributeState, Listing, ListingId, Part } from '../../schemas/stored/listing.ts'
import { keyOf, namingAt } from '../cross-references/naming.ts'
import type { Guard } from '../effects/guard.ts'
import type { Failure } from '../failure.ts'
import type { CrossReferences } from '../ports.ts'
import {
  changed,
  described,
  dirtyIn,
  found,
  isSame,
  mismatched,
  resolved,
  stateOf,
  withStates,
} from './listing.ts'
import type { ListingsCapability, Shown, ShownPage } from './listings-capability.ts'
import { type ProjectDeps, project } from './project.ts'
import type { Seller } from './sellers.ts'

export interface CompareDeps extends ProjectDeps {
  readonly seller: Seller
  readonly capability: ListingsCapability
  readonly gate: Guard
  readonly crossReferences: Pick<CrossReferences, 'find'>
  /** Hints for listings whose channel has to be told. */
  hint(ids: readonly ListingId[]): Promise<void>
  /** Milliseconds left for this turn. */
  readonly left: () => number
}

/** What a comparison came to; units are of listings. */
export interface Compared {
  readonly listings: number
  readonly born: number
  /** Shown otherwise than they should be, with a number on its way to them. */
  readonly inFlight: number
  /** Fewer than they should show: sold there, with nobody told. */
  readonly missed: number
  /** More than they should show: somebody else changed them. */
  readonly foreign: number
  readonly refused: number
  /** So far off that they are left to a person. */
  readonly raised: number
  /** Units that the terms keep from the channel, safety stock included. */
  readonly withheld: number
  /** The same in money, minor units by currency, of those whose price is known. */
  readonly withheldMoney: Readonly<Record<string, number>>
  /** Why it ended before its end, when to go on, and from where unless from the beginning. */
  readonly stopped?: {
    readonly reason: string
    readonly seconds: number
    readonly cursor?: string
  }
}

const nothing: Compared = {
  listings: 0,
  born: 0,
  inFlight: 0,
  missed: 0,
  foreign: 0,
  refused: 0,
  raised: 0,
  withheld: 0,
  withheldMoney: {},
}

/** Milliseconds to end a page in. */
export const pageMs = 20_000

/**
 * Reads everything that a channel shows, from the beginning or from where an earlier one stopped: what is new becomes a listing,
 * and what differs from what it should show is explained, counted and told again.
 */
export async function compare(deps: CompareDeps, from?: string): Promise<Compared> {
  let sum = nothing
  let cursor = from
  do {
    const place = cursor !== undefined && { cursor }
    if (deps.left() < pageMs) {
      return { ...sum, stopped: { reason: 'out of time', seconds: 1, ...place } }
    }
    const askedAt = deps.clock().toISOString()
    const page = await read(cursor, deps)
    if (!page.ok)
      return { ...sum, stopped: { reason: page.reason, seconds: page.seconds, ...place } }
    sum = added(sum, await comparePage(page.listings, askedAt, deps))
    cursor = page.cursor
  } while (cursor !== undefined)
  return sum
}

type Read =
  | (ShownPage & { readonly ok: true })
  | { readonly ok: false; readonly reason: string; readonly seconds: number }

async function read(cursor: string | undefined, { gate, capability }: CompareDeps): Promise<Read> {
  const passage = await gate.enter()
  if (!passage.passes) return { ok: false, reason: passage.reason, seconds: passage.seconds }
  const page = await passage.leave(await capability.read(passage.account, cursor))
  if (page.ok) return { ok: true, ...page.value }
  return { ok: false, reason: page.error.reason, seconds: secondsAfter(page.error) }
}

/** When to ask again after a failure: what a channel refuses for good it is asked only now and then. */
export function secondsAfter(failure: Failure): number {
  if (failure.next === 'wait') return failure.seconds
  return failure.next === 'except' ? 900 : 30
}

/** Compares some listings with what the channel shows of them. */
export async function comparePage(
  shown: readonly Shown[],
  askedAt: Instant,
  deps: Omit<CompareDeps, 'left'>,
): Promise<Compared> {
  const { connection } = deps.seller
  const one = [...new Map(shown.map((each) => [each.sku, each])).values()]
  const ids = one.map(({ sku }) => ({ connection, sku }))
  const known = new Map((await deps.listings.find(ids, 'now')).map((each) => [each.sku, each]))
  const parts = await partsOf(ids, askedAt, deps)
  const drifts = await Promise.all(
    one.map((each) =>
      compareOne(each, {
        before: known.get(each.sku),
        parts: parts.get(each.sku) ?? [],
        askedAt,
        deps,
      }),
    ),
  )
  const { turned, listings } = await project(ids, askedAt, deps)
  const again = [...drifts.flatMap(({ hint }) => hint ?? []), ...turned]
  await deps.hint([...new Map(again.map((id) => [id.sku, id])).values()])
  const count = (what: Explained) => drifts.filter(({ is }) => is.includes(what)).length
  return {
    listings: one.length,
    born: count('born'),
    inFlight: count('in-flight'),
    missed: count('missed'),
    foreign: count('foreign'),
    refused: withAny(listings, ({ refusal }) => refusal),
    raised: withAny(listings, ({ mismatch }) => mismatch),
    withheld: listings.reduce((sum, listing) => sum + withheldFrom(listing), 0),
    withheldMoney: moneyOf(listings),
  }
}

const withAny = (listings: readonly Listing[], has: (state: AttributeState) => unknown): number =>
  listings.filter((listing) =>
    Object.keys(listing.attributes).some((name) => has(stateOf(listing, name))),
  ).length

type Explained = 'born' | 'same' | 'in-flight' | 'missed' | 'foreign'

interface ComparedListing {
  /** What explains what the channel shows, of each attribute. */
  readonly is: readonly Explained[]
  /** It was waiting already, so that looking at it anew hints at nothing. */
  readonly hint?: ListingId
}

interface About {
  readonly before: Listing | undefined
  readonly parts: readonly Part[]
  readonly askedAt: Instant
  readonly deps: Omit<CompareDeps, 'left'>
}

async function compareOne(shown: Shown, about: About): Promise<ComparedListing> {
  const { before, parts, askedAt, deps } = about
  const { connection } = deps.seller
  const { sku, remote, values, price } = shown
  const told = { remote, parts: [...parts], ...(price && { price }) }
  if (!before) {
    const empty = { connection, sku, rev: 0, ...told, attributes: {} }
    const states = Object.entries(values).map(([name, value]) => [
      name,
      { acknowledged: { value, at: askedAt } },
    ])
    await deps.listings.save(undefined, withStates(empty, Object.fromEntries(states)))
    return { is: ['born'] }
  }
  const compared = Object.entries<unknown>(values).map(([name, value]) => ({
    name,
    ...compareAttribute(stateOf(before, name), value, { name, askedAt, deps }),
  }))
  const states = Object.fromEntries(compared.map(({ name, state }) => [name, state]))
  const after = changed(before, withStates(described(before, told), states))
  // Whoever was first has looked at stock, too; what it shows is compared again the next time.
  if (after !== before) await deps.listings.save(before, after)
  const waits = dirtyIn(before).length > 0 || dirtyIn(after).length > 0
  return { is: compared.map(({ is }) => is), ...(waits && { hint: { connection, sku } }) }
}

/** What drifted is put right, or left to a person; what is right again needs nobody. */
function compareAttribute(
  state: AttributeState,
  shows: unknown,
  { name, askedAt, deps }: { readonly name: string } & Pick<About, 'askedAt' | 'deps'>,
): { readonly is: Explained; readonly state: AttributeState } {
  const { attributes, seller } = deps
  const attribute = attributes[name]
  const { dirtySince, acknowledged, desired } = state
  const should = attribute?.shown(state, seller)
  const isInFlight =
    dirtySince === undefined
      ? !isSame(should, shows) && acknowledged !== undefined && acknowledged.at >= askedAt
      : !isSame(desired?.value, shows)
  if (isInFlight) return { is: 'in-flight', state }
  if (!attribute || dirtySince !== undefined || should === undefined || isSame(should, shows)) {
    return { is: 'same', state: resolved(state) }
  }
  const about = { attribute, seller, now: askedAt }
  const { is, isRaised } = attribute.drift(should, shows, seller.terms)
  return {
    is,
    state: isRaised ? mismatched(state, shows, about) : found(resolved(state), shows, about),
  }
}

/** What each listing is made of in the words of the warehouses that it is sold from. */
async function partsOf(
  ids: readonly ListingId[],
  at: Instant,
  { crossReferences, seller }: Pick<CompareDeps, 'crossReferences' | 'seller'>,
): Promise<ReadonlyMap<string, readonly Part[]>> {
  const warehouses = [...seller.locations.keys()]
  const thing = (warehouse: ConnectionId, code: string): Thing => ({
    connection: warehouse,
    kind: 'sku',
    code,
  })
  const things = ids.flatMap(({ sku }) => warehouses.map((warehouse) => thing(warehouse, sku)))
  const found = await crossReferences.find(things, 'now')
  const namings = new Map(found.map((one) => [keyOf(one), namingAt(one, at)]))
  const partOf = (warehouse: ConnectionId, sku: string): readonly Part[] => {
    const naming = namings.get(keyOf(thing(warehouse, sku)))
    if (!naming) return [{ warehouse, sku, per: 1 }]
    if ('name' in naming) return [{ warehouse, sku: naming.name, per: 1 }]
    return naming.components.map((part) => ({ warehouse, sku: part.sku, per: part.quantity }))
  }
  return new Map(
    ids.map(({ sku }) => [sku, warehouses.flatMap((warehouse) => partOf(warehouse, sku))]),
  )
}

/** Units of a listing that careful terms cost: what was sold there already is not kept from anybody. */
function withheldFrom({ attributes }: Listing): number {
  const { desired } = attributes.quantity ?? {}
  if (!desired) return 0
  const { withheld, parts } = desired.why
  const { unseen: _, ...terms } = withheld
  const byTerms = Object.values(terms).reduce((sum, units) => sum + units, 0)
  const safety = parts.map((part) => Math.floor((part.safety + part.kept) / part.per))
  return byTerms + Math.min(...safety)
}

function moneyOf(listings: readonly Listing[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>()
  for (const listing of listings) {
    const { price } = listing
    if (!price) continue
    const money = price.minor * withheldFrom(listing)
    sums.set(price.currency, (sums.get(price.currency) ?? 0) + money)
  }
  return Object.fromEntries(sums)
}

function added(a: Compared, b: Compared): Compared {
  const currencies = new Set([...Object.keys(a.withheldMoney), ...Object.keys(b.withheldMoney)])
  return {
    listings: a.listings + b.listings,
    born: a.born + b.born,
    inFlight: a.inFlight + b.inFlight,
    missed: a.missed + b.missed,
    foreign: a.foreign + b.foreign,
    refused: a.refused + b.refused,
    raised: a.raised + b.raised,
    withheld: a.withheld + b.withheld,
    withheldMoney: Object.fromEntries(
      [...currencies].map((code) => [
        code,
        (a.withheldMoney[code] ?? 0) + (b.withheldMoney[code] ?? 0),
      ]),
    ),
  }
}
