import type { Instant } from '../../schemas/canonical/instant.ts'
import { heap, type StockMessage } from '../../schemas/messages/stock-hint.ts'
import type { Listing } from '../../schemas/stored/listing.ts'
import type { Account } from '../account.ts'
import { type Failure, retry } from '../failure.ts'
import { after } from '../instant.ts'
import { err, ok, type Result } from '../result.ts'
import { type FeedDeps, keepFeed, readFeed } from './feeds.ts'
import { shownBy } from './listing.ts'
import { recordOutcomes, refuse } from './record-outcomes.ts'
import { comeBack, onItsWay, passTurn } from './request-pacer.ts'
import { listingsOf } from './sellers.ts'
import type { Change } from './selling.ts'

export type PublishDeps = FeedDeps

export interface Published {
  readonly did: string
  readonly count: number
  readonly reason?: string
}

/** Rounds in one go for listings that moved while they were told. */
const rounds = 3

/**
 * Tells a channel the newest numbers of its listings: those of the hints, and before them all that ran out, whose hints may
 * still be far behind. Whatever cannot be told now is told together when the channel can be told: one hint comes back for
 * all, and it says nothing but that something waits.
 */
export async function publish(
  messages: readonly StockMessage[],
  deps: PublishDeps,
): Promise<Published> {
  const { connection } = deps.seller
  const own = messages.filter((message) => message.connection === connection)
  for (const message of own) if ('ticket' in message) await readFeed(message, deps)
  const hints = own.filter((message) => !('ticket' in message || 'lookUp' in message))
  if (hints.length === 0) return { did: 'nothing to publish', count: 0 }

  const skus = hints.flatMap((hint) => ('sku' in hint && hint.sku !== undefined ? [hint.sku] : []))
  const isPaced = deps.selling.everySeconds !== undefined
  // Whoever has the turn comes back for all that waits when it is over.
  if (isPaced && !(await deps.pace.take(onItsWay))) {
    return { did: 'skipped: waiting for its turn', count: 0 }
  }
  return tell(skus, { all: isPaced || skus.length < hints.length || skus.length >= heap, deps })
}

interface Tell {
  /** Everything that waits, and not only what is named. */
  readonly all: boolean
  readonly deps: PublishDeps
}

async function tell(skus: readonly string[], { all, deps }: Tell): Promise<Published> {
  const { seller, selling, listings } = deps
  const now = deps.clock().toISOString()
  const due = await listings.due(seller.connection, { now, ...(!all && { only: 'zero' }) })
  const known = [...new Set([...due.map(({ sku }) => sku), ...skus])]
  const found = await listings.find(listingsOf(seller.connection, known), 'now')
  const waiting = found.filter(({ dirtySince }) => dirtySince !== undefined).toSorted(byUrgency)
  if (waiting.length === 0 && selling.everySeconds !== undefined) await deps.pace.give(0)
  let count = 0
  // A channel that sets a pace gets one request now.
  const end = selling.everySeconds === undefined ? waiting.length : selling.batch
  for (let from = 0; from < Math.min(end, waiting.length); from += selling.batch) {
    const some = { listings: waiting.slice(from, from + selling.batch), at: now }
    const told = await tellSome(isFresh(some, deps) ? some : await readAgain(some, deps), deps)
    if (!told.ok) {
      const seconds = Math.max(told.error.seconds, selling.everySeconds ?? 1)
      if (selling.everySeconds !== undefined) await deps.pace.give(seconds)
      await comeBack(seconds, deps)
      return { did: 'published some', count, reason: told.error.reason }
    }
    count += told.value
  }
  return { did: 'told', count }
}

/** What ran out goes first, then what has waited longest. */
function byUrgency(a: Listing, b: Listing): number {
  const [none, other] = [a, b].map(({ wanted }) => wanted?.units === 0)
  if (none !== other) return none ? -1 : 1
  return (a.dirtySince ?? '') < (b.dirtySince ?? '') ? -1 : 1
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

/** Seconds for which a number that was read is told: a worker that stood still for longer reads it again. */
const freshSeconds = 30

const isFresh = ({ at }: Pick<Seen, 'at'>, { clock }: PublishDeps): boolean =>
  clock().toISOString() <= after(at, freshSeconds)

const readAgain = ({ listings }: Seen, deps: PublishDeps): Promise<Seen> =>
  stillDirty(
    listings.map(({ sku }) => sku),
    deps,
  )

/** A number that grew old on its way to the channel is not written. */
const fenced = (account: Account, seen: Seen, deps: PublishDeps): Account => ({
  ...account,
  send: async (call) =>
    call.kind === 'write' && !isFresh(seen, deps)
      ? err(retry('the quantities were read too long ago'))
      : account.send(call),
})

/** One request, and again for those that moved meanwhile. */
async function tellSome(first: Seen, deps: PublishDeps): Promise<Result<number, Later>> {
  let count = 0
  let left = first
  for (let round = 0; round < rounds && left.listings.length > 0; round++) {
    const told = await ask(left, deps)
    if (!told.ok) return told
    count += told.value.done
    left = await stillDirty(told.value.left, deps)
  }
  if (left.listings.length > 0 && deps.selling.everySeconds === undefined) await comeBack(1, deps)
  return ok(count)
}

interface Asked {
  readonly done: number
  /** SKUs to look at again. */
  readonly left: readonly string[]
}

async function ask(seen: Seen, deps: PublishDeps): Promise<Result<Asked, Later>> {
  const { listings } = seen
  const passage = await deps.gate.enter()
  if (!passage.passes) return err(passage)
  const changes = listings.flatMap((listing) => changeOf(listing, deps) ?? [])
  const account = fenced(passage.account, seen, deps)
  const written = await passage.leave(await deps.selling.write(account, changes))
  if (!written.ok) return failed(seen, written.error, deps)
  const wanted = new Map(listings.map((listing) => [listing.sku, listing.wanted]))
  if ('ticket' in written.value) {
    await keepFeed(written.value, changes, { wanted, deps })
    return ok({ done: changes.length, left: [] })
  }
  await passTurn(deps.selling.everySeconds, deps)
  const { outcomes } = written.value
  const moved = await recordOutcomes(outcomes, { wanted, deps })
  const named = new Set(outcomes.map(({ sku }) => sku))
  const untold = changes.filter(({ sku }) => !named.has(sku)).map(({ sku }) => sku)
  return ok({
    done: outcomes.filter(({ is }) => is === 'done').length,
    left: [...moved, ...untold],
  })
}

/**
 * A channel that refuses a request as a whole may mean one number in it: the halves tell which. One that cannot be asked at
 * all keeps its listings waiting, because none of them is wrong.
 */
async function failed(
  { listings, at }: Seen,
  failure: Failure,
  deps: PublishDeps,
): Promise<Result<Asked, Later>> {
  const [only] = listings
  if (failure.next !== 'except' || !only) {
    const seconds = failure.next === 'wait' ? failure.seconds : 30
    return err({ reason: failure.reason, seconds })
  }
  if (listings.length === 1) {
    await refuse({ sku: only.sku, reason: failure.reason }, deps.clock().toISOString(), deps)
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

function changeOf(listing: Listing, { seller }: PublishDeps): Change | undefined {
  const { sku, remote, rev, wanted } = listing
  if (!wanted) return undefined
  const from = shownBy(listing, seller.semantics)
  const units = wanted.units
  return { sku, remote, units, ...(from !== undefined && { from }), key: `${sku}@${rev}` }
}

async function stillDirty(
  skus: readonly string[],
  { listings, seller, clock }: PublishDeps,
): Promise<Seen> {
  const at = clock().toISOString()
  if (skus.length === 0) return { listings: [], at }
  const now = await listings.find(listingsOf(seller.connection, skus), 'now')
  const dirty = now.filter(({ dirtySince }) => dirtySince !== undefined).toSorted(byUrgency)
  return { listings: dirty, at }
}
