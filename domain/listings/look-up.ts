import type { LookupHint } from '../../schemas/messages/listing-message.ts'
import type { Lookup } from '../../schemas/stored/lookup.ts'
import type { Failure } from '../failure.ts'
import type { Lookups, Requeue } from '../ports.ts'
import {
  type CompareDeps,
  type Compared,
  compare,
  comparePage,
  pageMs,
  secondsAfter,
} from './compare.ts'
import type { Find, ListingsCapability } from './listings-capability.ts'
import { noteCompared } from './request-listings.ts'
import { onItsWay, type Pace } from './request-pacer.ts'
import { listingsOf } from './sellers.ts'

export interface LookUpDeps extends Omit<CompareDeps, 'left'> {
  readonly lookups: Lookups
  /** One worker of a connection looks up at a time, and then all that is due. */
  readonly turn: Pace
  readonly again: Requeue
  /** Counts what a part of a comparison found. */
  readonly measure: (compared: Compared) => void
}

export interface LookedUp {
  readonly did: string
  readonly count: number
  readonly reason?: string
}

type Step =
  | { readonly asked: number }
  /** Left for a message in so many seconds; `from`: where a comparison goes on then. */
  | { readonly reason: string; readonly seconds: number; readonly from?: Unfinished }

type Unfinished = Extract<LookupHint['lookUp'], { readonly cursor: string }>

interface Context {
  /** When the turn is over, in milliseconds. */
  readonly end: number
  readonly deps: LookUpDeps
}

/** Milliseconds of one turn: numbers that the channel is to show do not wait longer for it. */
const turnMs = 20_000

/**
 * Asks a channel for listings of which nothing is known yet: by name or, where that takes fewer requests, for all of them. What it
 * has becomes a listing, as in any comparison; what it has not is remembered and not asked for again.
 */
export async function lookUp({ lookUp: what }: LookupHint, deps: LookUpDeps): Promise<LookedUp> {
  if ('missing' in what) return askAgain(what.missing, deps)
  if ('cursor' in what) await deps.turn.give(onItsWay)
  else if (!(await deps.turn.take(onItsWay)))
    return { did: 'skipped: another worker is looking it up', count: 0 }

  const context = { end: deps.clock().getTime() + turnMs, deps }
  let step = await ('cursor' in what
    ? compareFrom(what, context)
    : askForDue(what.requested, context))
  let count = 0
  while (step && 'asked' in step) {
    count += step.asked
    step = isOver(context) ? outOfTime : await askForDue([], context)
  }
  return step ? later(count, step, deps) : done(count, deps)
}

const isOver = ({ end, deps }: Context): boolean => deps.clock().getTime() >= end
const outOfTime = { reason: 'out of time', seconds: 1 }

async function later(
  count: number,
  { reason, seconds, from }: Exclude<Step, { readonly asked: number }>,
  deps: LookUpDeps,
): Promise<LookedUp> {
  // A comparison that goes on keeps the turn; otherwise it is free before the message comes.
  await deps.turn.give(from ? seconds + onItsWay : seconds - 1)
  await putBack(from ?? { requested: [] }, seconds, deps)
  return { did: 'looked up some', count, reason }
}

async function done(count: number, deps: LookUpDeps): Promise<LookedUp> {
  await deps.turn.give(0)
  // Hints that came meanwhile were left to this turn.
  const due = await deps.lookups.due(deps.seller.connection, deps.clock().toISOString())
  if (due.length > 0) await putBack({ requested: [] }, 1, deps)
  return { did: 'looked up', count }
}

const putBack = (
  what: LookupHint['lookUp'],
  seconds: number,
  { again, seller }: LookUpDeps,
): Promise<void> => {
  const hint: LookupHint = { connection: seller.connection, lookUp: what }
  return again(JSON.stringify(hint), Math.min(900, seconds))
}

/** Everything that is due now; `undefined` when nothing is. */
async function askForDue(
  requested: readonly string[],
  context: Context,
): Promise<Step | undefined> {
  const { lookups, seller, capability } = context.deps
  const { connection } = seller
  const now = context.deps.clock().toISOString()
  const [named, indexed] = await Promise.all([
    lookups.find([{ connection }, ...listingsOf(connection, requested)]),
    lookups.due(connection, now),
  ])
  const everything = named.find(({ sku }) => sku === undefined)
  const due = [
    ...new Map([...indexed, ...named.filter(isDue)].map((lookup) => [lookup.sku, lookup])).values(),
  ]
  if (due.length === 0) return undefined
  if (due.some(({ sku }) => sku === undefined)) return compareAll(context)

  const comparedAt = everything?.compared?.at ?? ''
  const [answered, open] = [
    due.filter(({ at }) => at <= comparedAt),
    due.filter(({ at }) => at > comparedAt),
  ]
  await settle(answered, lookups)
  const { find } = capability
  if (open.length === 0) return { asked: 0 }
  if (!find || isDearer(open.length, capability, everything)) return compareAll(context)
  return askByName(open, find, context)
}

const isDue = ({ dueAt }: Lookup): boolean => dueAt !== undefined

/** As many as are told to be due at once: there are more behind them, nobody knows how many. */
const most = 1000

/** Whether asking by name takes more requests than reading everything, by what the last comparison found. */
function isDearer(
  count: number,
  { find, page }: Pick<ListingsCapability, 'find' | 'page'>,
  everything: Lookup | undefined,
): boolean {
  const listings = everything?.compared?.listings
  if (listings === undefined || count >= most) return true
  return Math.ceil(count / (find?.batch ?? 1)) > Math.max(1, Math.ceil(listings / page))
}

async function askByName(due: readonly Lookup[], find: Find, context: Context): Promise<Step> {
  const { deps } = context
  for (let from = 0; from < due.length; from += find.batch) {
    if (isOver(context)) return outOfTime
    const some = due.slice(from, from + find.batch)
    const skus = some.flatMap(({ sku }) => sku ?? [])
    const asked = await ask(skus, find, deps)
    if ('failure' in asked && asked.failure === 'except') return compareAll(context)
    if ('failure' in asked) return asked
    await settle(some, deps.lookups)
    const { missing } = asked
    if (missing.length > 0 && find.lagSeconds !== undefined) {
      await putBack({ missing: [...missing] }, find.lagSeconds, deps)
    }
  }
  return { asked: due.length }
}

/** What the index of a search did not have at first it has by now, or the channel does not show it. */
async function askAgain(skus: readonly string[], deps: LookUpDeps): Promise<LookedUp> {
  const { find } = deps.capability
  const asked = find && (await ask(skus, find, deps))
  if (!asked || 'missing' in asked) return { did: 'looked up again', count: skus.length }
  if (asked.failure !== 'except') await putBack({ missing: [...skus] }, asked.seconds, deps)
  return { did: 'nothing', count: 0, reason: asked.reason }
}

type Asked =
  | { readonly missing: readonly string[] }
  | { readonly failure: Failure['next']; readonly reason: string; readonly seconds: number }

async function ask(skus: readonly string[], find: Find, deps: LookUpDeps): Promise<Asked> {
  const askedAt = deps.clock().toISOString()
  const passage = await deps.gate.enter()
  if (!passage.passes) {
    return { failure: 'wait', reason: passage.reason, seconds: passage.seconds }
  }
  const found = await passage.leave(await find.ask(passage.account, skus))
  if (!found.ok) {
    const { next, reason } = found.error
    return { failure: next, reason, seconds: secondsAfter(found.error) }
  }
  await comparePage(found.value, askedAt, deps)
  const shown = new Set(found.value.map(({ sku }) => sku))
  return { missing: skus.filter((sku) => !shown.has(sku)) }
}

const compareAll = (context: Context): Promise<Step> =>
  compareFrom({ begunAt: context.deps.clock().toISOString(), listings: 0 }, context)

/** Compares everything from a place on, as far as the turn goes. */
async function compareFrom(
  { cursor, begunAt, listings }: Omit<Unfinished, 'cursor'> & { readonly cursor?: string },
  { end, deps }: Context,
): Promise<Step> {
  const left = () => end - deps.clock().getTime() + pageMs
  const compared = await compare({ ...deps, left }, cursor)
  deps.measure(compared)
  const found = listings + compared.listings
  const { stopped } = compared
  if (!stopped) {
    await noteCompared(deps.seller.connection, { at: begunAt, listings: found }, deps.lookups)
    return { asked: compared.listings }
  }
  const { reason, seconds, cursor: next } = stopped
  return {
    reason,
    seconds,
    ...(next !== undefined && { from: { cursor: next, begunAt, listings: found } }),
  }
}

/** Lookups written at one time. */
const width = 100

/** Remembers that they were answered; those that were requested anew meanwhile stay due. */
async function settle(some: readonly Lookup[], lookups: Lookups): Promise<void> {
  for (let from = 0; from < some.length; from += width) {
    await Promise.all(
      some.slice(from, from + width).map((lookup) => {
        const { dueAt: _, ...answered } = lookup
        return lookups.save(lookup, answered)
      }),
    )
  }
}
