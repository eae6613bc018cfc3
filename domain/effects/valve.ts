import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Valve } from '../../schemas/stored/valve.ts'
import { after } from '../order/time.ts'

/** What a worker heard of the system when it was done; `nothing` when it did not ask. */
export type Heard =
  | { readonly is: 'nothing' | 'answer' }
  | { readonly is: 'outage' | 'refusal'; readonly reason: string }
  | { readonly is: 'throttle'; readonly reason: string; readonly seconds: number }

/** Where and when a valve is asked. */
export interface Here {
  readonly now: Instant
  /** The connection's `maxConcurrency`, which an open valve leaves to the lane. */
  readonly limit: number
  /** Until when a place is kept for a worker that does not come back. */
  readonly leaseUntil: Instant
}

export interface Entry {
  readonly passes: boolean
  /** The same object when nothing changes. */
  readonly valve: Valve
  /** Set where the valve keeps count of those who passed. */
  readonly place?: Instant
}

type Easing = Extract<Valve, { readonly is: 'easing' }>
type Shut = Extract<Valve, { readonly is: 'shut' }>
type Why = Exclude<Shut['why'], 'throttled'>

/** A connection that never gave trouble. */
export const openValve: Valve = { is: 'open', rev: 0, strikes: 0 }

/** Failures in a row, of all workers together, that make an outage. */
const strikesToShut = 5

/** Seconds after which a failure is no longer in a row with the next. */
const strikeMemory = 60

interface Pause {
  readonly first: number
  readonly factor: number
  readonly most: number
}

/**
 * Seconds to the first probe, by what they grow with each that fails, and how long they are at most. One request in
 * a quarter of a minute harms no system and finds it well again soon. Refused credentials need a person, too many
 * tries with them may lock the account, and functions remember a secret for five minutes anyway.
 */
const pauses: Readonly<Record<Why, Pause>> = {
  outage: { first: 2, factor: 1.5, most: 15 },
  halted: { first: 15, factor: 2, most: 300 },
}

/** Whether one more message may pass now, and the valve with its place taken. */
export function enter(valve: Valve, { now, leaseUntil }: Here): Entry {
  switch (valve.is) {
    case 'open':
      return { passes: true, valve }
    case 'shut': {
      if (now < valve.until) return { passes: false, valve }
      const { until: _, ...trouble } = valve
      return {
        passes: true,
        valve: { ...trouble, is: 'easing', allowance: 1, passed: 0, places: [leaseUntil] },
        place: leaseUntil,
      }
    }
    case 'easing': {
      const places = valve.places.filter((until) => until > now)
      if (places.length >= valve.allowance) return { passes: false, valve }
      return {
        passes: true,
        valve: { ...valve, places: [...places, leaseUntil] },
        place: leaseUntil,
      }
    }
  }
}

/** The valve after a worker came back with what it heard. The same object when nothing changes. */
export function leave(
  valve: Valve,
  { heard, place }: { readonly heard: Heard; readonly place: Instant | undefined },
  here: Here,
): Valve {
  const held = place !== undefined && valve.is === 'easing' && valve.places.includes(place)
  const freed = held ? { ...valve, places: withoutOne(valve.places, place) } : valve
  switch (heard.is) {
    case 'nothing':
      return freed
    case 'answer':
      return answered(freed, held, here)
    case 'outage':
      return struck(freed, held, { ...here, reason: heard.reason })
    case 'throttle':
      return throttled(freed, heard, here)
    case 'refusal':
      return halted(freed, { ...here, reason: heard.reason })
  }
}

/** Whether this step is the one that found the credentials refused; whoever comes later finds it so. */
export const isNewlyHalted = (before: Valve, after: Valve): boolean =>
  after.is === 'shut' &&
  after.why === 'halted' &&
  !(before.is !== 'open' && before.why === 'halted')

/**
 * Seconds, 1 to 900, after which a message that may not pass comes again. They reach beyond the end of the pause by
 * up to a quarter of what the trouble lasted so far, so that a backlog comes back spread out and, the longer it waits,
 * the more seldom.
 * @param random from 0 to 1
 */
export function secondsBehind(valve: Valve, now: Instant, random: number): number {
  if (valve.is === 'open') return 1
  const left = valve.is === 'shut' ? Math.max(0, secondsFrom(now, valve.until)) : 0
  const lasted = Math.max(0, secondsFrom(valve.since, now))
  const spread = Math.max(leastSpread, left, lasted / 4)
  // Far from the end of a pause they come early, spread over what SQS can delay, and wait again.
  const from = Math.min(left, mostDelay / 2)
  const easing = Math.min(easingSpread, Math.max(leastSpread, lasted))
  const room = Math.min(valve.is === 'easing' ? easing : spread, mostDelay - from)
  return Math.min(mostDelay, Math.max(1, Math.ceil(from + random * room)))
}

/** Seconds that SQS delays a message at most. */
const mostDelay = 900
const leastSpread = 2
const easingSpread = 30

/** Somebody who passed before it shut says nothing about now: an answer counts from an open valve, or from a place. */
function answered(valve: Valve, held: boolean, { limit }: Here): Valve {
  if (valve.is === 'open') return valve.strikes === 0 ? valve : { ...openValve, rev: valve.rev }
  if (valve.is === 'shut' || !held) return valve
  const passed = valve.passed + 1
  if (passed < valve.allowance) return { ...valve, passed }
  const allowance = valve.allowance * 2
  return allowance < limit ? { ...valve, allowance, passed: 0 } : { ...openValve, rev: valve.rev }
}

interface Told extends Here {
  readonly reason: string
}

function struck(valve: Valve, held: boolean, told: Told): Valve {
  switch (valve.is) {
    case 'shut':
      return valve
    case 'open': {
      const inRow = valve.struckAt && after(valve.struckAt, strikeMemory) > told.now
      const strikes = (inRow ? valve.strikes : 0) + 1
      return strikes < strikesToShut
        ? { ...valve, strikes, struckAt: told.now }
        : shut(valve, 'outage', told)
    }
    case 'easing':
      if (!held) return valve
      // One failure among many may be the message's own; that of a probe shuts the valve again.
      return valve.allowance > 1
        ? { ...valve, allowance: Math.floor(valve.allowance / 2), passed: 0 }
        : shut(valve, valve.why === 'throttled' ? 'outage' : valve.why, told)
  }
}

function throttled(valve: Valve, heard: Extract<Heard, { is: 'throttle' }>, { now }: Here): Valve {
  const until = after(now, Math.min(mostThrottle, Math.max(1, Math.ceil(heard.seconds))))
  // What stands is worse than being throttled, and the system's own words only make it longer.
  if (valve.is === 'shut') return until > valve.until ? { ...valve, until } : valve
  const { rev } = valve
  if (valve.is === 'open') {
    return { is: 'shut', rev, why: 'throttled', reason: heard.reason, since: now, pauses: 0, until }
  }
  const { why, reason, since, pauses } = valve
  return { is: 'shut', rev, why, reason, since, pauses, until }
}

/** Seconds; a quota of a day is the longest that systems speak of. */
const mostThrottle = 86_400

function halted(valve: Valve, told: Told): Valve {
  return valve.is === 'shut' && valve.why === 'halted' ? valve : shut(valve, 'halted', told)
}

function shut(valve: Valve, why: Why, { now, reason }: Told): Shut {
  const goesOn = valve.is !== 'open' && valve.why === why
  const count = goesOn ? valve.pauses + 1 : 1
  const { first, factor, most } = pauses[why]
  const pause = after(now, Math.min(most, first * factor ** Math.min(count - 1, 20)))
  // A system that named a moment is not asked before.
  const until = valve.is === 'shut' && valve.until > pause ? valve.until : pause
  const since = valve.is === 'open' ? now : valve.since
  return { is: 'shut', rev: valve.rev, why, reason, since, pauses: count, until }
}

function withoutOne(places: Easing['places'], place: Instant): Instant[] {
  const at = places.indexOf(place)
  return places.filter((_, index) => index !== at)
}

const secondsFrom = (from: Instant, to: Instant): number =>
  (Date.parse(to) - Date.parse(from)) / 1000
