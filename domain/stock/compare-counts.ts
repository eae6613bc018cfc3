import type { Instant } from '../../schemas/canonical/instant.ts'
import type { CountRun, Tally } from '../../schemas/stored/count-run.ts'
import type { Account } from '../account.ts'
import type { Guard } from '../effects/guard.ts'
import { type Failure, retry } from '../failure.ts'
import { after } from '../instant.ts'
import type { Clock } from '../ports.ts'
import { err, ok, type Result } from '../result.ts'
import { type ArticleCount, applyCounts, type CountingDeps, type Outcome } from './counting.ts'
import type { CountPage, Counts } from './counts.ts'
import { driftOf } from './drift.ts'
import { isDoubted } from './drift-policy.ts'
import type { Location } from './places.ts'

export interface CompareCountsDeps extends CountingDeps {
  readonly location: Location
  /** The counting system's code for the location. */
  readonly code: string
  readonly counts: Counts
  readonly gate: Guard
  /** An interrupted comparison. */
  readonly runs: {
    read(): Promise<CountRun | undefined>
    write(run: CountRun | undefined): Promise<void>
  }
  readonly clock: Clock
  /** Milliseconds left for this invocation. */
  readonly left: () => number
}

export interface Compared {
  /** Totals of all pages, including earlier invocations. */
  readonly tally: Tally
  /** Whether everything was read. */
  readonly finished: boolean
  readonly reason?: string
  /** The system's answer is implausible; a person must look. */
  readonly doubted?: boolean
}

/** Leaves time to save the position. */
const margin = 15_000

/** Seconds. It is unknown whether a movement during the request is in the page, so a slower page is not a valid count. */
const mostOfPage = 45

/** A comparison interrupted for longer starts again. */
const staleSeconds = 6 * 3600

/**
 * Reads all counts of a location and corrects the stock: a count is the truth about units on hand. Differences are
 * reported with their explanation. Skipped while the breaker is open.
 */
export async function compareCounts(deps: CompareCountsDeps): Promise<Compared> {
  const { runs, gate, clock } = deps
  const now = clock().toISOString()
  const kept = await runs.read()
  const run = kept && kept.since > after(now, -staleSeconds) ? kept : undefined
  const passage = await gate.enter()
  if (!passage.passes)
    return { tally: run?.tally ?? nothing, finished: false, reason: passage.reason }

  const read = await readAll(passage.account, { run, now }, deps)
  const left = await passage.leave(read.ok ? ok(undefined) : err(read.error.failure))
  if (read.ok) return read.value
  const { tally, doubted } = read.error
  const reason = left.ok ? read.error.failure.reason : left.error.reason
  return { tally, finished: false, reason, ...(doubted && { doubted }) }
}

interface Begun {
  readonly run: CountRun | undefined
  readonly now: Instant
}

interface Stopped {
  readonly failure: Failure
  readonly tally: Tally
  readonly doubted?: boolean
}

async function readAll(
  account: Account,
  { run, now }: Begun,
  deps: CompareCountsDeps,
): Promise<Result<Compared, Stopped>> {
  const { location, counts, code, runs, marks, clock } = deps
  const since = run?.since ?? now
  const pages = new Set([run?.cursor].filter((one) => one !== undefined))
  const told = new Set<string>()
  let tally = run?.tally ?? nothing
  let cursor = run?.cursor
  for (;;) {
    const page = await counts.read(account, { code, cursor })
    if (!page.ok) return stop(page.error, { since, cursor, tally }, deps)
    if (clock().toISOString() > after(page.value.at, mostOfPage)) {
      return stop(
        retry('reading a page took too long to count as one point in time'),
        { since, cursor, tally },
        deps,
      )
    }
    const doubt = liesIn(page.value, pages) ?? (await doubtIn(page.value, deps))
    if (doubt) {
      await runs.write(undefined)
      return err({ failure: retry(doubt), tally, doubted: true })
    }
    tally = added(tally, await applyPage(page.value, told, deps))

    cursor = page.value.cursor
    if (cursor === undefined) {
      // A full count is recorded only if every row could be read and there was at least one.
      if (tally.refused === 0 && tally.articles > 0) await marks.raise(location.name, since)
      await runs.write(undefined)
      return ok({ tally, finished: true })
    }
    pages.add(cursor)
    if (deps.left() < margin) {
      await runs.write({ since, cursor, tally })
      const reason = 'out of time, the next comparison continues from here'
      return ok({ tally, finished: false, reason })
    }
  }
}

/**
 * After a temporary failure it continues from its page; after a refusal or an implausible page it starts again,
 * because the cursor may be the cause.
 */
async function stop(
  failure: Failure,
  { cursor, ...rest }: Omit<CountRun, 'cursor'> & { readonly cursor: string | undefined },
  { runs }: CompareCountsDeps,
): Promise<Result<never, Stopped>> {
  const goesOn = cursor !== undefined && failure.next !== 'except'
  await runs.write(goesOn ? { ...rest, cursor } : undefined)
  return err({ failure, tally: rest.tally })
}

/** A page that leads back to an earlier one would loop for ever. */
const liesIn = ({ cursor }: CountPage, pages: ReadonlySet<string>): string | undefined =>
  cursor !== undefined && pages.has(cursor) ? 'the system repeats its pages' : undefined

/** If this many articles run out at once, a fault of the system is more likely. */
const suspicious = 20

/** A system that lost its data reports no stock of anything; if it is true, a person uploads a file. */
async function doubtIn(
  { counts }: CountPage,
  { location: { name, warehouse }, book }: CompareCountsDeps,
): Promise<string | undefined> {
  const none = counts.filter(({ onHand }) => onHand === 0)
  if (none.length < suspicious || none.length * 2 < counts.length) return undefined
  const rows = await book.rows(none.map(({ sku }) => ({ warehouse, sku })))
  const here = rows.filter(({ location, onHand }) => location === name && onHand > 0)
  const emptied = new Set(here.map(({ sku }) => sku)).size
  if (emptied < suspicious || emptied * 2 < counts.length) return undefined
  return `${emptied} of ${counts.length} articles of a page would be gone at once; if that is true, upload a count file`
}

async function applyPage(
  { counts, refused, at }: CountPage,
  told: Set<string>,
  deps: CompareCountsDeps,
): Promise<Tally> {
  const fresh: ArticleCount[] = []
  let twice = 0
  for (const { incoming, ...article } of counts) {
    if (told.has(article.sku)) twice += 1
    else fresh.push({ ...article, at, ...(incoming && { incoming: [...incoming] }) })
    told.add(article.sku)
  }
  const policy = deps.location.count?.drift ?? 'correct'
  const outcomes = await applyCounts(
    deps.location,
    { counts: fresh, full: true, isDoubted: (found) => isDoubted(policy, found) },
    deps,
  )
  return outcomes.reduce((sum, outcome) => added(sum, talliedOf(outcome)), {
    ...nothing,
    refused: refused.length + twice,
  })
}

function talliedOf(outcome: Outcome): Tally {
  const { is } = outcome
  const drift = is === 'stale' ? undefined : driftOf(outcome)
  const of = (kind: 'in-flight' | 'missed' | 'foreign') => (drift?.is === kind ? drift.units : 0)
  return {
    articles: 1,
    changed: is === 'changed' ? 1 : 0,
    raised: is === 'raised' ? 1 : 0,
    inFlight: of('in-flight'),
    missed: of('missed'),
    foreign: of('foreign'),
    refused: 0,
  }
}

const nothing: Tally = {
  articles: 0,
  changed: 0,
  inFlight: 0,
  missed: 0,
  foreign: 0,
  raised: 0,
  refused: 0,
}

const added = (a: Tally, b: Tally): Tally => ({
  articles: a.articles + b.articles,
  changed: a.changed + b.changed,
  inFlight: a.inFlight + b.inFlight,
  missed: a.missed + b.missed,
  foreign: a.foreign + b.foreign,
  raised: a.raised + b.raised,
  refused: a.refused + b.refused,
})
