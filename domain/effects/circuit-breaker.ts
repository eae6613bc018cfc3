import type { Instant } from '../../schemas/canonical/instant.ts'
import type { CircuitBreaker } from '../../schemas/stored/circuit-breaker.ts'
import { after } from '../instant.ts'

/** What a worker saw of the system; `nothing` when it sent no request. */
export type Observation =
  | { readonly type: 'nothing' | 'answer' }
  | { readonly type: 'outage' | 'refusal'; readonly reason: string }
  | { readonly type: 'throttle'; readonly reason: string; readonly seconds: number }

export interface Here {
  readonly now: Instant
  /** The connection's `maxConcurrency`; while the breaker is closed, the lane enforces it. */
  readonly limit: number
  /** Until when a place is kept for a worker that does not return. */
  readonly leaseUntil: Instant
}

export interface Entry {
  readonly passes: boolean
  /** The same object if nothing changes. */
  readonly breaker: CircuitBreaker
  /** Set if the breaker counts concurrent messages. */
  readonly place?: Instant
}

type HalfOpen = Extract<CircuitBreaker, { readonly state: 'half-open' }>
type Open = Extract<CircuitBreaker, { readonly state: 'open' }>
type Why = Exclude<Open['why'], 'throttled'>

/** A connection without failures. */
export const closedBreaker: CircuitBreaker = { state: 'closed', rev: 0, strikes: 0 }

/** Consecutive failures of all workers together that make an outage. */
const strikesToOpen = 5

/** Seconds after which a failure no longer counts as consecutive. */
const strikeMemory = 60

interface Pause {
  readonly first: number
  readonly factor: number
  readonly most: number
}

/**
 * Seconds to the first probe, the factor per failed probe, and the maximum. One request every 15 seconds harms no
 * system and notices its recovery soon. Rejected credentials need a person, too many attempts may lock the account,
 * and functions cache a secret for five minutes anyway.
 */
const pauses: Readonly<Record<Why, Pause>> = {
  outage: { first: 2, factor: 1.5, most: 15 },
  halted: { first: 15, factor: 2, most: 300 },
}

/** Whether one more message may pass now, and the breaker with its place taken. */
export function enter(breaker: CircuitBreaker, { now, leaseUntil }: Here): Entry {
  switch (breaker.state) {
    case 'closed':
      return { passes: true, breaker }
    case 'open': {
      if (now < breaker.until) return { passes: false, breaker }
      const { until: _, ...trouble } = breaker
      return {
        passes: true,
        breaker: { ...trouble, state: 'half-open', allowance: 1, passed: 0, places: [leaseUntil] },
        place: leaseUntil,
      }
    }
    case 'half-open': {
      const places = breaker.places.filter((until) => until > now)
      if (places.length >= breaker.allowance) return { passes: false, breaker }
      return {
        passes: true,
        breaker: { ...breaker, places: [...places, leaseUntil] },
        place: leaseUntil,
      }
    }
  }
}

/** The breaker after a worker reported what it saw. Returns the same object if nothing changes. */
export function leave(
  breaker: CircuitBreaker,
  {
    observation,
    place,
  }: { readonly observation: Observation; readonly place: Instant | undefined },
  here: Here,
): CircuitBreaker {
  const held =
    place !== undefined && breaker.state === 'half-open' && breaker.places.includes(place)
  const freed = held ? { ...breaker, places: withoutOne(breaker.places, place) } : breaker
  switch (observation.type) {
    case 'nothing':
      return freed
    case 'answer':
      return answered(freed, held, here)
    case 'outage':
      return struck(freed, held, { ...here, reason: observation.reason })
    case 'throttle':
      return throttled(freed, observation, here)
    case 'refusal':
      return halted(freed, { ...here, reason: observation.reason })
  }
}

/** Whether this step is the first to find the credentials rejected. */
export const isNewlyHalted = (before: CircuitBreaker, after: CircuitBreaker): boolean =>
  after.state === 'open' &&
  after.why === 'halted' &&
  !(before.state !== 'closed' && before.why === 'halted')

/**
 * Seconds, 1 to 900, after which a blocked message returns. They reach beyond the pause by up to a quarter of the
 * outage so far, so that a backlog returns spread out, and checks less often the longer it waits.
 * @param random from 0 to 1
 */
export function secondsBehind(breaker: CircuitBreaker, now: Instant, random: number): number {
  if (breaker.state === 'closed') return 1
  const left = breaker.state === 'open' ? Math.max(0, secondsFrom(now, breaker.until)) : 0
  const lasted = Math.max(0, secondsFrom(breaker.since, now))
  const spread = Math.max(leastSpread, left, lasted / 4)
  // Far from the end of a pause, messages return within SQS's maximum delay and wait again.
  const from = Math.min(left, mostDelay / 2)
  const easing = Math.min(easingSpread, Math.max(leastSpread, lasted))
  const room = Math.min(breaker.state === 'half-open' ? easing : spread, mostDelay - from)
  return Math.min(mostDelay, Math.max(1, Math.ceil(from + random * room)))
}

/** Maximum delay of SQS, in seconds. */
const mostDelay = 900
const leastSpread = 2
const easingSpread = 30

/**
 * A worker that passed before the breaker opened says nothing about now: an answer counts only if the breaker is
 * closed, or from a place.
 */
function answered(breaker: CircuitBreaker, held: boolean, { limit }: Here): CircuitBreaker {
  if (breaker.state === 'closed')
    return breaker.strikes === 0 ? breaker : { ...closedBreaker, rev: breaker.rev }
  if (breaker.state === 'open' || !held) return breaker
  const passed = breaker.passed + 1
  if (passed < breaker.allowance) return { ...breaker, passed }
  const allowance = breaker.allowance * 2
  return allowance < limit
    ? { ...breaker, allowance, passed: 0 }
    : { ...closedBreaker, rev: breaker.rev }
}

interface Told extends Here {
  readonly reason: string
}

function struck(breaker: CircuitBreaker, held: boolean, told: Told): CircuitBreaker {
  switch (breaker.state) {
    case 'open':
      return breaker
    case 'closed': {
      const inRow = breaker.struckAt && after(breaker.struckAt, strikeMemory) > told.now
      const strikes = (inRow ? breaker.strikes : 0) + 1
      return strikes < strikesToOpen
        ? { ...breaker, strikes, struckAt: told.now }
        : opened(breaker, 'outage', told)
    }
    case 'half-open':
      if (!held) return breaker
      // One failure among many may be the message's own; a failed probe opens the breaker again.
      return breaker.allowance > 1
        ? { ...breaker, allowance: Math.floor(breaker.allowance / 2), passed: 0 }
        : opened(breaker, breaker.why === 'throttled' ? 'outage' : breaker.why, told)
  }
}

function throttled(
  breaker: CircuitBreaker,
  observation: Extract<Observation, { type: 'throttle' }>,
  { now }: Here,
): CircuitBreaker {
  const until = after(now, Math.min(mostThrottle, Math.max(1, Math.ceil(observation.seconds))))
  // An outage outranks throttling; the system's `Retry-After` can only extend it.
  if (breaker.state === 'open') return until > breaker.until ? { ...breaker, until } : breaker
  const { rev } = breaker
  if (breaker.state === 'closed') {
    return {
      state: 'open',
      rev,
      why: 'throttled',
      reason: observation.reason,
      since: now,
      pauses: 0,
      until,
    }
  }
  const { why, reason, since, pauses } = breaker
  return { state: 'open', rev, why, reason, since, pauses, until }
}

/** Seconds; the longest quota period of any system is a day. */
const mostThrottle = 86_400

function halted(breaker: CircuitBreaker, told: Told): CircuitBreaker {
  return breaker.state === 'open' && breaker.why === 'halted'
    ? breaker
    : opened(breaker, 'halted', told)
}

function opened(breaker: CircuitBreaker, why: Why, { now, reason }: Told): Open {
  const goesOn = breaker.state !== 'closed' && breaker.why === why
  const count = goesOn ? breaker.pauses + 1 : 1
  const { first, factor, most } = pauses[why]
  const pause = after(now, Math.min(most, first * factor ** Math.min(count - 1, 20)))
  // `Retry-After` is always honoured.
  const until = breaker.state === 'open' && breaker.until > pause ? breaker.until : pause
  const since = breaker.state === 'closed' ? now : breaker.since
  return { state: 'open', rev: breaker.rev, why, reason, since, pauses: count, until }
}

function withoutOne(places: HalfOpen['places'], place: Instant): Instant[] {
  const at = places.indexOf(place)
  return places.filter((_, index) => index !== at)
}

const secondsFrom = (from: Instant, to: Instant): number =>
  (Date.parse(to) - Date.parse(from)) / 1000
