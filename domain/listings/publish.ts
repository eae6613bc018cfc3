import type { Instant } from '../../schemas/canonical/instant.ts'
import { hintBatchSize, type ListingMessage } from '../../schemas/messages/listing-message.ts'
import type { Listing } from '../../schemas/stored/listing.ts'
import type { Account } from '../account.ts'
import { type Failure, retry } from '../failure.ts'
import { after } from '../instant.ts'
import { err, ok, type Result } from '../result.ts'
import { keepFeed, readFeed } from './feeds.ts'
import { stateOf } from './listing.ts'
import type { Change } from './listings-capability.ts'
import {
  type AttributeDeps,
  doubt,
  type PublishDeps,
  publicationsOf,
  recordOutcomes,
  refuse,
} from './record-outcomes.ts'
import { comeBack, onItsWay, passTurn } from './request-pacer.ts'
import { listingsOf } from './sellers.ts'

export interface Published {
  readonly did: string
  readonly count: number
  readonly reason?: string
}

/** Rounds in one go for listings that moved while they were told. */
const rounds = 3

/**
 * Tells a channel the newest values of its listings: those of the hints, and before them all that ran out, whose hints may
 * still be far behind. Whatever cannot be told now is told together when the channel can be told: one hint comes back for
 * all, and it says nothing but that something waits.
 */
export async function publish(
  messages: readonly ListingMessage[],
  deps: PublishDeps,
): Promise<Published> {
  const { connection } = deps.seller
  const own = messages.filter((message) => message.connection === connection)
  const publications = publicationsOf(deps)
  for (const message of own) {
    if (!('feed' in message)) continue
    const of = publications.find(({ name }) => name === message.attribute)
    if (of) await readFeed(message, of)
  }
  const hints = own.filter((message) => !('feed' in message || 'lookUp' in message))
  if (hints.length === 0) return { did: 'nothing to publish', count: 0 }

  const skus = hints.flatMap((hint) => ('sku' in hint && hint.sku !== undefined ? [hint.sku] : []))
  const ready: AttributeDeps[] = []
  for (const one of publications) {
    // Whoever has the turn comes back for all that waits when it is over.
    if (!isPaced(one) || (await one.pace.take(onItsWay))) ready.push(one)
  }
  if (ready.length === 0) return { did: 'skipped: waiting for its turn', count: 0 }
  const all = ready.some(isPaced) || skus.length < hints.length || skus.length >= hintBatchSize
  const seen = await waiting(skus, all, deps)
  const done: Published[] = []
  for (const one of ready) done.push(await publishAttribute(seen, one))
  const count = done.reduce((sum, one) => sum + one.count, 0)
  return { ...(done.find(({ reason }) => reason) ?? { did: 'published' }), count }
}

const isPaced = ({ publication }: AttributeDeps): boolean => publication.everySeconds !== undefined

/** Those of some listings, and `all` that wait or those that ran out, as they are now. */
async function waiting(
  skus: readonly string[],
  all: boolean,
  { seller, listings, clock }: PublishDeps,
): Promise<Seen> {
  const at = clock().toISOString()
  const due = await listings.due(seller.connection, { now: at, ...(!all && { only: 'zero' }) })
  const known = [...new Set([...due.map(({ sku }) => sku), ...skus])]
  return { listings: await listings.find(listingsOf(seller.connection, known), 'now'), at }
}

async function publishAttribute({ listings, at }: Seen, deps: AttributeDeps): Promise<Published> {
  const { batch, everySeconds } = deps.publication
  const dirty = dirtyOf(listings, deps)
  if (dirty.length === 0 && everySeconds !== undefined) await deps.pace.give(0)
  let count = 0
  // A channel that sets a pace gets one request now.
  const end = everySeconds === undefined ? dirty.length : batch
  for (let from = 0; from < Math.min(end, dirty.length); from += batch) {
    const some = { listings: dirty.slice(from, from + batch), at }
    const told = await tellSome(isFresh(some, deps) ? some : await readAgain(some, deps), deps)
    if (!told.ok) {
      const seconds = Math.max(told.error.seconds, everySeconds ?? 1)
      if (everySeconds !== undefined) await deps.pace.give(seconds)
      await comeBack(seconds, deps)
      return { did: 'published some', count, reason: told.error.reason }
    }
    count += told.value
  }
  return { did: 'published', count }
}

/** Those whose channel has to be told the attribute: what is urgent goes first, then what has waited longest. */
function dirtyOf(listings: readonly Listing[], { name, attribute }: AttributeDeps) {
  const rank = (listing: Listing) => {
    const { desired, dirtySince = '' } = stateOf(listing, name)
    return `${desired && attribute.isUrgent(desired.value) ? 0 : 1} ${dirtySince}`
  }
  return listings
    .filter((listing) => stateOf(listing, name).dirtySince !== undefined)
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

interface Later {
  readonly reason: string
  readonly seconds: number
}

/** Listings as they were at a moment. */
interface Seen {
  readonly listings: readonly Listing[]
  readonly at: Instant
}

/** Seconds for which a value that was read is told: a worker that stood still for longer reads it again. */
const freshSeconds = 30

const isFresh = ({ at }: Pick<Seen, 'at'>, { clock }: AttributeDeps): boolean =>
  clock().toISOString() <= after(at, freshSeconds)

const readAgain = ({ listings }: Seen, deps: AttributeDeps): Promise<Seen> =>
  stillDirty(
    listings.map(({ sku }) => sku),
    deps,
  )

/** A value that grew old on its way to the channel is not written. */
const fenced = (account: Account, seen: Seen, deps: AttributeDeps): Account => ({
  ...account,
  send: async (call) =>
    call.kind === 'write' && !isFresh(seen, deps)
      ? err(retry('the values were read too long ago'))
      : account.send(call),
})

/** One request, and again for those that moved meanwhile. */
async function tellSome(first: Seen, deps: AttributeDeps): Promise<Result<number, Later>> {
  let count = 0
  let left = first
  for (let round = 0; round < rounds && left.listings.length > 0; round++) {
    const told = await ask(left, deps)
    if (!told.ok) return told
    count += told.value.done
    left = await stillDirty(told.value.left, deps)
  }
  if (left.listings.length > 0 && !isPaced(deps)) await comeBack(1, deps)
  return ok(count)
}

interface Asked {
  readonly done: number
  /** SKUs to look at again. */
  readonly left: readonly string[]
}

async function ask(seen: Seen, deps: AttributeDeps): Promise<Result<Asked, Later>> {
  const { listings } = seen
  const passage = await deps.gate.enter()
  if (!passage.passes) return err(passage)
  const changes = listings.flatMap((listing) => changeOf(listing, deps) ?? [])
  const account = fenced(passage.account, seen, deps)
  const written = await passage.leave(await deps.publication.write(account, changes))
  if (!written.ok) return failed(seen, written.error, deps)
  if ('feed' in written.value) {
    await keepFeed(written.value, listings, deps)
    return ok({ done: changes.length, left: [] })
  }
  await passTurn(deps.publication.everySeconds ?? 0, deps)
  const { outcomes } = written.value
  const moved = await recordOutcomes(outcomes, listings, deps)
  const named = new Set(outcomes.map(({ sku }) => sku))
  const untold = changes.filter(({ sku }) => !named.has(sku)).map(({ sku }) => sku)
  return ok({
    done: outcomes.filter(({ is }) => is === 'done').length,
    left: [...moved, ...untold],
  })
}

/**
 * A channel that refuses a request as a whole may mean one value in it: the halves tell which. One that cannot be asked at
 * all keeps its listings waiting, because none of them is wrong.
 */
async function failed(
  { listings, at }: Seen,
  failure: Failure,
  deps: AttributeDeps,
): Promise<Result<Asked, Later>> {
  const [only] = listings
  if (failure.next === 'doubt') await doubt(listings, deps)
  if (failure.next !== 'except' || !only) {
    const seconds = failure.next === 'wait' ? failure.seconds : 30
    return err({ reason: failure.reason, seconds })
  }
  if (listings.length === 1) {
    await refuse({ sku: only.sku, reason: failure.reason }, deps)
    return ok({ done: 0, left: [] })
  }
  const middle = Math.ceil(listings.length / 2)
  const first = await ask({ listings: listings.slice(0, middle), at }, deps)
  if (!first.ok) return first
  const second = await ask({ listings: listings.slice(middle), at }, deps)
  if (!second.ok) return second
  const { done, left } = second.value
  return ok({ done: first.value.done + done, left: [...first.value.left, ...left] })
}

function changeOf(listing: Listing, deps: AttributeDeps): Change | undefined {
  const { name, attribute, publication, seller } = deps
  const { sku, remote, rev } = listing
  const state = stateOf(listing, name)
  if (!state.desired) return undefined
  const from = attribute.shown(state, seller)
  return {
    sku,
    remote,
    value: state.desired.value,
    ...(from !== undefined && { from }),
    key: `${sku}@${rev}`,
    ...(publication.unsent === 'reset' && { beside: shownBeside(listing, deps) }),
  }
}

/** What the channel shows of the other attributes, as far as one can tell. */
const shownBeside = (listing: Listing, { name, attributes, seller }: AttributeDeps) =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([other, attribute]) => {
      const value = other === name ? undefined : attribute.shown(stateOf(listing, other), seller)
      return value === undefined ? [] : [[other, value]]
    }),
  )

async function stillDirty(skus: readonly string[], deps: AttributeDeps): Promise<Seen> {
  const { listings, seller, clock } = deps
  const at = clock().toISOString()
  if (skus.length === 0) return { listings: [], at }
  const now = await listings.find(listingsOf(seller.connection, skus), 'now')
  return { listings: dirtyOf(now, deps), at }
}
