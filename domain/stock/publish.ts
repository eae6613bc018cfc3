import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { heap, type StockMessage, type StockTicket } from '../../schemas/messages/stock-hint.ts'
import type { Listing, ListingId } from '../../schemas/stored/listing.ts'
import type { Gate } from '../effects/gate.ts'
import type { Failure } from '../failure.ts'
import type { Again } from '../ports.ts'
import { err, ok, type Result } from '../result.ts'
import { confirmed, found, refused, scoreOf, shownBy, type Told } from './listing.ts'
import { type ProjectDeps, project } from './project.ts'
import type { Seller } from './sellers.ts'
import type { Change, Outcome, Selling, Settled } from './selling.ts'

export interface PublishDeps extends ProjectDeps {
  readonly seller: Seller
  readonly selling: Selling
  readonly gate: Gate
  readonly again: Again
  readonly pace: Pace
  /** Seconds within which a change is to reach the channel. */
  readonly limit: number
  count(point: Point): void
}

/** Keeps to the pace of a channel that sets one, for all processes together. */
export interface Pace {
  /** True for one of those who ask, and then for nobody until so many seconds have passed. */
  take(seconds: number): Promise<boolean>
  /** The next one may come after so many seconds from now. */
  give(seconds: number): Promise<void>
}

/** What people watch. */
export type Point =
  | { readonly name: 'StageMet' | 'StageMissed' }
  | { readonly name: 'PublishRefused' | 'PublishMoved'; readonly value: number }

export interface Published {
  readonly did: string
  readonly count: number
  readonly reason?: string
}

/** Seconds that a request which is on its way, or was taken, may keep the next one waiting. */
const onItsWay = 300

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
  for (const message of own) if ('ticket' in message) await settle(message, deps)
  const hints = own.filter((message) => !('ticket' in message))
  if (hints.length === 0) return { did: 'nothing to tell', count: 0 }

  const skus = hints.flatMap((hint) => ('sku' in hint && hint.sku !== undefined ? [hint.sku] : []))
  const isPaced = deps.selling.everySeconds !== undefined
  // Whoever has the turn comes back for all that waits when it is over.
  if (isPaced && !(await deps.pace.take(onItsWay))) {
    return { did: 'nothing: its turn comes later', count: 0 }
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
  const found = await listings.find(idsOf(seller.connection, known), 'now')
  const waiting = found.filter(({ dirtySince }) => dirtySince !== undefined).toSorted(byUrgency)
  if (waiting.length === 0 && selling.everySeconds !== undefined) await deps.pace.give(0)
  let count = 0
  // A channel that sets a pace gets one request now.
  const end = selling.everySeconds === undefined ? waiting.length : selling.batch
  for (let from = 0; from < Math.min(end, waiting.length); from += selling.batch) {
    const told = await tellSome(waiting.slice(from, from + selling.batch), deps)
    if (!told.ok) {
      const seconds = Math.max(told.error.seconds, selling.everySeconds ?? 1)
      if (selling.everySeconds !== undefined) await deps.pace.give(seconds)
      await comeBack(seconds, deps)
      return { did: 'told some', count, reason: told.error.reason }
    }
    count += told.value
  }
  return { did: 'told', count }
}

/** Lets the next one have its turn after so many seconds, and comes back for all that waits by then. */
async function next(seconds: number | undefined, deps: PublishDeps): Promise<void> {
  if (seconds === undefined || deps.selling.everySeconds === undefined) return
  await deps.pace.give(seconds)
  await comeBack(seconds, deps)
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

/** One request, and again for those that moved meanwhile. */
async function tellSome(
  listings: readonly Listing[],
  deps: PublishDeps,
): Promise<Result<number, Later>> {
  let count = 0
  let left = listings
  for (let round = 0; round < rounds && left.length > 0; round++) {
    const told = await ask(left, deps)
    if (!told.ok) return told
    count += told.value.done
    left = await stillDirty(told.value.left, deps)
  }
  if (left.length > 0 && deps.selling.everySeconds === undefined) await comeBack(1, deps)
  return ok(count)
}

interface Asked {
  readonly done: number
  /** SKUs to look at again. */
  readonly left: readonly string[]
}

async function ask(listings: readonly Listing[], deps: PublishDeps): Promise<Result<Asked, Later>> {
  const passage = await deps.gate.enter()
  if (!passage.passes) return err(passage)
  const changes = listings.flatMap((listing) => changeOf(listing, deps) ?? [])
  const written = await passage.leave(await deps.selling.write(passage.account, changes))
  if (!written.ok) return failed(listings, written.error, deps)
  const wanted = new Map(listings.map((listing) => [listing.sku, listing.wanted]))
  if ('ticket' in written.value) {
    await keepTicket(written.value, changes, { wanted, deps })
    return ok({ done: changes.length, left: [] })
  }
  await next(deps.selling.everySeconds, deps)
  const { outcomes } = written.value
  const moved = await heard(outcomes, { wanted, deps })
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
  listings: readonly Listing[],
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
  const first = await ask(listings.slice(0, middle), deps)
  if (!first.ok) return first
  const second = await ask(listings.slice(middle), deps)
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

interface About {
  readonly wanted: ReadonlyMap<string, Listing['wanted']>
  readonly deps: PublishDeps
}

/** Writes down what came of each; those that moved are looked at anew. */
async function heard(outcomes: readonly Outcome[], { wanted, deps }: About) {
  const { semantics, patience, connection } = deps.seller
  const now = deps.clock().toISOString()
  const moved: string[] = []
  await Promise.all(
    outcomes.map(async (outcome) => {
      const before = wanted.get(outcome.sku)
      if (!before) return
      if (outcome.is === 'moved') {
        moved.push(outcome.sku)
        const look = { shows: outcome.shows, now, semantics, patience }
        await change(outcome.sku, (listing) => found(listing, look), deps)
      } else if (outcome.is === 'refused') {
        await refuse(outcome, now, deps)
      } else {
        await confirm(outcome.sku, { units: before.units, wanted: before }, deps)
      }
    }),
  )
  if (moved.length > 0) {
    deps.count({ name: 'PublishMoved', value: moved.length })
    await project(idsOf(connection, moved), now, deps)
  }
  return moved
}

async function confirm(sku: string, told: Told, deps: PublishDeps): Promise<void> {
  const now = deps.clock().toISOString()
  const { semantics } = deps.seller
  const before = await change(sku, (listing) => confirmed(listing, told, { now, semantics }), deps)
  score(before, now, deps)
  // What was wanted meanwhile had no hint of its own: the listing was waiting already.
  if (before && before.wanted?.units !== told.units) await hint(sku, deps)
}

async function refuse(
  { sku, reason }: { readonly sku: string; readonly reason: string },
  now: string,
  deps: PublishDeps,
): Promise<void> {
  const before = await change(sku, (listing) => refused(listing, reason, now), deps)
  deps.count({ name: 'PublishRefused', value: 1 })
  if (before?.dirtySince && !before.late) deps.count({ name: 'StageMissed' })
}

function score(before: Listing | undefined, now: string, deps: PublishDeps): void {
  const point = before && scoreOf(before, now, deps.limit)
  if (point) deps.count({ name: point === 'met' ? 'StageMet' : 'StageMissed' })
}

/** Decides on a listing as it is now, and anew when somebody else was first. Returns it as it was before. */
async function change(
  sku: string,
  decide: (listing: Listing) => Listing,
  { listings, seller }: PublishDeps,
): Promise<Listing | undefined> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const [before] = await listings.find(idsOf(seller.connection, [sku]), 'now')
    if (!before) return undefined
    const after = decide(before)
    if (after === before || (await listings.save(before, after))) return before
  }
  throw new Error('a listing was changed by others twenty times in a row')
}

async function stillDirty(
  skus: readonly string[],
  { listings, seller }: PublishDeps,
): Promise<readonly Listing[]> {
  if (skus.length === 0) return []
  const now = await listings.find(idsOf(seller.connection, skus), 'now')
  return now.filter(({ dirtySince }) => dirtySince !== undefined).toSorted(byUrgency)
}

async function keepTicket(
  { ticket, seconds }: { readonly ticket: string; readonly seconds: number },
  changes: readonly Change[],
  { wanted, deps }: About,
): Promise<void> {
  const told = changes.flatMap(({ sku, units }) => {
    const then = wanted.get(sku)
    return then ? [{ sku, units, at: then.at, sold: then.sold }] : []
  })
  const { connection } = deps.seller
  const message: StockTicket = { connection, ticket, sentAt: deps.clock().toISOString(), told }
  await deps.again(JSON.stringify(message), seconds)
}

/** Asks what came of numbers that were only taken; while nobody knows, later again. */
async function settle(message: StockTicket, deps: PublishDeps): Promise<void> {
  const { ticket, told, sentAt } = message
  const passage = await deps.gate.enter()
  if (!passage.passes) return deps.again(JSON.stringify(message), passage.seconds)
  const asked: Result<Settled | undefined, Failure> = deps.selling.settle
    ? await deps.selling.settle(passage.account, ticket)
    : ok({ refused: [] })
  const settled = await passage.leave(asked)
  if (!settled.ok || !settled.value) {
    await deps.pace.give(onItsWay)
    await deps.again(JSON.stringify(message), 15)
    return
  }
  const now = deps.clock().toISOString()
  const passed = (Date.parse(now) - Date.parse(sentAt)) / 1000
  const left = (deps.selling.everySeconds ?? 0) - passed
  if (settled.value.isLost) return next(deps.selling.everySeconds, deps)
  const reasons = new Map(settled.value.refused.map(({ sku, reason }) => [sku, reason]))
  const { connection } = deps.seller
  const known = await deps.listings.find(
    idsOf(
      connection,
      told.map(({ sku }) => sku),
    ),
    'now',
  )
  const wanted = new Map(known.map((listing) => [listing.sku, listing.wanted]))
  await Promise.all(
    told.map(async ({ sku, units, at, sold }) => {
      const reason = reasons.get(sku)
      const current = wanted.get(sku)
      if (reason !== undefined) await refuse({ sku, reason }, now, deps)
      else if (current) await confirm(sku, { units, wanted: { ...current, units, at, sold } }, deps)
    }),
  )
  await next(Math.max(0, Math.ceil(left)), deps)
}

const idsOf = (connection: ConnectionId, skus: readonly string[]): readonly ListingId[] =>
  skus.map((sku) => ({ connection, sku }))

const hint = (sku: string, { again, seller }: PublishDeps): Promise<void> =>
  again(JSON.stringify({ connection: seller.connection, sku }), 0)

/** Looks at whatever waits, after so many seconds; SQS keeps a message back for 15 minutes at most. */
const comeBack = (seconds: number, { again, seller }: PublishDeps): Promise<void> =>
  again(JSON.stringify({ connection: seller.connection }), Math.min(900, Math.max(1, seconds)))
