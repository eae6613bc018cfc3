import fc from 'fast-check'
import {
  closedBreaker,
  enter,
  type Here,
  isNewlyHalted,
  leave,
  type Observation,
  secondsBehind,
} from '../../domain/effects/circuit-breaker.ts'
import { after } from '../../domain/instant.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { CircuitBreaker } from '../../schemas/stored/circuit-breaker.ts'
import { tries } from '../support/laws.ts'
import { seconds, start } from '../support/orders.ts'

const reason = 'so it said'
const outage: Observation = { type: 'outage', reason }
const refusal: Observation = { type: 'refusal', reason }
const answer: Observation = { type: 'answer' }
const throttle = (of: number): Observation => ({ type: 'throttle', reason, seconds: of })

const leaseSeconds = 20
const at = (now: Instant, limit = 8): Here => ({
  now,
  limit,
  leaseUntil: after(now, leaseSeconds),
})

/** A breaker with a clock, and workers that come and go. */
function tended(limit: number) {
  let breaker = closedBreaker
  let now = start
  const away: { readonly place: Instant | undefined; readonly until: Instant }[] = []
  const tend = {
    limit,
    get breaker() {
      return breaker
    },
    get now() {
      return now
    },
    /** Workers that keep a place and may still come back. */
    counted: () => away.filter(({ place, until }) => place && until > now).length,
    pass(by: number) {
      now = after(now, by)
    },
    enter(): boolean {
      const entry = enter(breaker, at(now, limit))
      breaker = entry.breaker
      if (entry.passes) away.push({ place: entry.place, until: after(now, leaseSeconds) })
      return entry.passes
    },
    leave(observation: Observation): void {
      const worker = away.shift()
      if (worker) breaker = leave(breaker, { observation, place: worker.place }, at(now, limit))
    },
    /** One message after another, each answered at once. */
    try(observation: Observation): boolean {
      const passes = tend.enter()
      if (passes) {
        away.unshift(...away.splice(-1))
        tend.leave(observation)
      }
      return passes
    },
    shutWith(observation: Observation): void {
      for (let i = 0; breaker.state !== 'open' && i < 100; i++) tend.try(observation)
    },
  }
  return tend
}

const observation = fc.oneof(
  fc.constant(answer),
  fc.constant(outage),
  fc.constant(refusal),
  fc.constant<Observation>({ type: 'nothing' }),
  fc.integer({ min: 1, max: 5000 }).map(throttle),
)
const step = fc.oneof(
  fc.constant({ does: 'enter' } as const),
  fc.record({ does: fc.constant('leave' as const), observation }),
  fc.record({ does: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 400 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
const walk = fc.record({
  limit: fc.integer({ min: 2, max: 40 }),
  steps: fc.array(step, { maxLength: 60 }),
})

function follow(tend: ReturnType<typeof tended>, each: Step): void {
  if (each.does === 'enter') tend.enter()
  if (each.does === 'leave') tend.leave(each.observation)
  if (each.does === 'wait') tend.pass(each.seconds)
}

const untilOf = (breaker: CircuitBreaker): Instant =>
  breaker.state === 'open' ? breaker.until : ''

test('no message passes an open breaker, or exceeds the allowance of a half-open one', () => {
  fc.assert(
    fc.property(walk, ({ limit, steps }) => {
      const tend = tended(limit)
      for (const each of steps) {
        const { breaker: before, now } = tend
        const counted = tend.counted()
        follow(tend, each)
        const { breaker } = tend
        if (breaker.state === 'half-open' && breaker.allowance >= limit) return false
        if (each.does !== 'enter' || tend.breaker === before) continue
        if (before.state === 'open' && now < before.until) return false
        if (before.state === 'half-open' && counted >= before.allowance) return false
      }
      return true
    }),
    tries(2000),
  )
})

test('after any history, the breaker of a recovered system closes', () => {
  fc.assert(
    fc.property(walk, ({ limit, steps }) => {
      const tend = tended(limit)
      for (const each of steps) follow(tend, each)
      for (let tries = 0; tend.breaker.state !== 'closed' && tries < 2 * limit; tries++) {
        if (tend.try(answer)) continue
        const { breaker, now } = tend
        tend.pass(
          Math.max(leaseSeconds, (Date.parse(untilOf(breaker)) - Date.parse(now)) / 1000 || 0),
        )
      }
      return tend.breaker.state === 'closed'
    }),
    tries(1000),
  )
})

test('five consecutive failures of any workers open it; an answer resets the count', () => {
  const tend = tended(8)
  for (const each of [outage, outage, outage, outage, answer, outage, outage, outage, outage]) {
    tend.try(each)
    expect(tend.breaker.state).toBe('closed')
  }
  tend.try(outage)
  expect(tend.breaker).toMatchObject({ state: 'open', why: 'outage', until: seconds(2), reason })
})

test('failures minutes apart are not an outage', () => {
  const tend = tended(8)
  for (let i = 0; i < 20; i++) {
    tend.try(outage)
    tend.pass(61)
  }
  expect(tend.breaker.state).toBe('closed')
})

test.each([
  ['outage', outage, 15],
  ['refusal', refusal, 300],
])('the pause grows with each failed probe, up to a maximum (%s)', (_, trouble, most) => {
  const tend = tended(8)
  tend.shutWith(trouble)
  const lengths: number[] = []
  for (let probe = 0; probe < 30; probe++) {
    const pause = (Date.parse(untilOf(tend.breaker)) - Date.parse(tend.now)) / 1000
    lengths.push(pause)
    tend.pass(pause - 0.001)
    expect(tend.try(trouble)).toBe(false)
    tend.pass(0.001)
    expect(tend.try(trouble)).toBe(true)
    expect(tend.breaker).toMatchObject({ state: 'open', since: start })
  }
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
  expect(lengths[0]).toBeLessThan(most)
  expect(lengths.at(-1)).toBe(most)
})

test('it closes by doubling the concurrent messages', () => {
  const tend = tended(16)
  tend.shutWith(outage)
  tend.pass(60)
  const widths: number[] = []
  while (tend.breaker.state !== 'closed' && widths.length < 50) {
    let width = 0
    while (tend.enter()) width += 1
    widths.push(width)
    for (let i = 0; i < width; i++) tend.leave(answer)
  }
  expect(widths).toEqual([1, 2, 4, 8])
})

test('one failure among many reduces the allowance; only a failed single probe opens it again', () => {
  const tend = tended(16)
  tend.shutWith(outage)
  tend.pass(60)
  for (let i = 0; i < 7; i++) tend.try(answer)
  expect(tend.breaker).toMatchObject({ state: 'half-open', allowance: 8 })
  for (const allowance of [4, 2, 1]) {
    tend.try(outage)
    expect(tend.breaker).toMatchObject({ state: 'half-open', allowance })
  }
  tend.try(outage)
  expect(tend.breaker.state).toBe('open')
})

test('throttling applies to all workers, whatever stragglers report', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 3600 }),
      fc.array(observation, { maxLength: 10 }),
      (of, late) => {
        const tend = tended(8)
        for (const _ of late) tend.enter()
        tend.enter()
        while (tend.breaker.state === 'closed') tend.leave(throttle(of))
        for (const each of late) tend.leave(each)
        tend.pass(of - 1)
        return !tend.enter()
      },
    ),
    tries(500),
  )
})

test.each([answer, outage])(
  'a worker that passed before it opened neither closes nor reopens it (%j)',
  (late) => {
    const tend = tended(8)
    tend.enter()
    tend.enter()
    for (let i = 0; i < 4; i++) tend.try(outage)
    tend.leave(outage)
    expect(tend.breaker.state).toBe('open')
    tend.pass(2)
    tend.leave(late)
    expect(tend.breaker.state).toBe('open')

    const straggler = tended(8)
    straggler.enter()
    straggler.shutWith(outage)
    straggler.pass(2)
    straggler.enter()
    straggler.leave(late)
    expect(straggler.breaker).toMatchObject({ state: 'half-open', allowance: 1, passed: 0 })
  },
)

test('a second Retry-After counts only if it is longer', () => {
  const tend = tended(8)
  for (let i = 0; i < 3; i++) tend.enter()
  for (const length of [30, 90, 60]) tend.leave(throttle(length))
  expect(untilOf(tend.breaker)).toBe(seconds(90))
})

test('a worker that vanished keeps its place only for its lease', () => {
  const tend = tended(8)
  tend.shutWith(outage)
  tend.pass(60)
  expect(tend.enter()).toBe(true)
  expect(tend.enter()).toBe(false)
  tend.pass(leaseSeconds)
  expect(tend.enter()).toBe(true)
})

test('rejected credentials are reported once until they are accepted again', () => {
  const tend = tended(8)
  let found = 0
  const tryWith = (each: Observation) => {
    const before = tend.breaker
    tend.try(each)
    if (isNewlyHalted(before, tend.breaker)) found += 1
  }
  for (let i = 0; i < 40; i++) {
    tryWith(refusal)
    tend.pass(100)
  }
  expect(found).toBe(1)
  for (let i = 0; i < 40 && tend.breaker.state !== 'closed'; i++) {
    tryWith(answer)
    tend.pass(100)
  }
  tryWith(refusal)
  expect(found).toBe(2)
})

describe('the delay of waiting messages', () => {
  const shutFor = (left: number, lasted: number): CircuitBreaker => ({
    state: 'open',
    rev: 1,
    why: 'outage',
    reason,
    since: seconds(-lasted),
    pauses: 1,
    until: seconds(left),
  })
  const hints = 1000
  const delays = (breaker: CircuitBreaker): number[] =>
    Array.from({ length: hints }, (_, i) => secondsBehind(breaker, start, i / hints))

  test('is what SQS can delay, and not before the pause is over where that is near', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100, max: 90_000 }),
        fc.integer({ min: 0, max: 90_000 }),
        (left, lasted) => {
          for (const delay of delays(shutFor(left, lasted))) {
            if (!Number.isInteger(delay) || delay < 1 || delay > 900) return false
            if (left <= 450 && delay < left) return false
          }
          return true
        },
      ),
      tries(200),
    )
  })

  test('is spread: no second sees more than its share, and the share shrinks as the trouble lasts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 90_000 }),
        fc.integer({ min: 0, max: 90_000 }),
        (left, lasted) => {
          const perSecond = new Map<number, number>()
          for (const delay of delays(shutFor(left, lasted)))
            perSecond.set(delay, (perSecond.get(delay) ?? 0) + 1)
          const room = Math.min(450, Math.max(5, left, lasted / 4))
          return Math.max(...perSecond.values()) <= Math.ceil(hints / room) + 1
        },
      ),
      tries(200),
    )
  })

  test('is short while half-open', () => {
    const easing: CircuitBreaker = {
      state: 'half-open',
      rev: 1,
      why: 'outage',
      reason,
      since: seconds(-21_600),
      pauses: 9,
      allowance: 1,
      passed: 0,
      places: [seconds(20)],
    }
    expect(Math.max(...delays(easing))).toBeLessThanOrEqual(30)
  })
})
