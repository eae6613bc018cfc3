import fc from 'fast-check'
import {
  enter,
  type Heard,
  type Here,
  isNewlyHalted,
  leave,
  openValve,
  secondsBehind,
} from '../../domain/effects/valve.ts'
import { after } from '../../domain/order/time.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Valve } from '../../schemas/stored/valve.ts'
import { tries } from '../support/laws.ts'
import { seconds, start } from '../support/orders.ts'

const reason = 'so it said'
const outage: Heard = { is: 'outage', reason }
const refusal: Heard = { is: 'refusal', reason }
const answer: Heard = { is: 'answer' }
const throttle = (of: number): Heard => ({ is: 'throttle', reason, seconds: of })

const leaseSeconds = 20
const at = (now: Instant, limit = 8): Here => ({
  now,
  limit,
  leaseUntil: after(now, leaseSeconds),
})

/** A valve with a clock, and workers that come and go. */
function tended(limit: number) {
  let valve = openValve
  let now = start
  const away: { readonly place: Instant | undefined; readonly until: Instant }[] = []
  const tend = {
    limit,
    get valve() {
      return valve
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
      const entry = enter(valve, at(now, limit))
      valve = entry.valve
      if (entry.passes) away.push({ place: entry.place, until: after(now, leaseSeconds) })
      return entry.passes
    },
    leave(heard: Heard): void {
      const worker = away.shift()
      if (worker) valve = leave(valve, { heard, place: worker.place }, at(now, limit))
    },
    /** One message after another, each answered at once. */
    try(heard: Heard): boolean {
      const passes = tend.enter()
      if (passes) {
        away.unshift(...away.splice(-1))
        tend.leave(heard)
      }
      return passes
    },
    shutWith(heard: Heard): void {
      for (let i = 0; valve.is !== 'shut' && i < 100; i++) tend.try(heard)
    },
  }
  return tend
}

const heard = fc.oneof(
  fc.constant(answer),
  fc.constant(outage),
  fc.constant(refusal),
  fc.constant<Heard>({ is: 'nothing' }),
  fc.integer({ min: 1, max: 5000 }).map(throttle),
)
const step = fc.oneof(
  fc.constant({ does: 'enter' } as const),
  fc.record({ does: fc.constant('leave' as const), heard }),
  fc.record({ does: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 400 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
const walk = fc.record({
  limit: fc.integer({ min: 2, max: 40 }),
  steps: fc.array(step, { maxLength: 60 }),
})

function follow(tend: ReturnType<typeof tended>, each: Step): void {
  if (each.does === 'enter') tend.enter()
  if (each.does === 'leave') tend.leave(each.heard)
  if (each.does === 'wait') tend.pass(each.seconds)
}

const untilOf = (valve: Valve): Instant => (valve.is === 'shut' ? valve.until : '')

test('whatever happens, nobody passes a shut valve, nor one that eases beyond its allowance', () => {
  fc.assert(
    fc.property(walk, ({ limit, steps }) => {
      const tend = tended(limit)
      for (const each of steps) {
        const { valve: before, now } = tend
        const counted = tend.counted()
        follow(tend, each)
        const { valve } = tend
        if (valve.is === 'easing' && valve.allowance >= limit) return false
        if (each.does !== 'enter' || tend.valve === before) continue
        if (before.is === 'shut' && now < before.until) return false
        if (before.is === 'easing' && counted >= before.allowance) return false
      }
      return true
    }),
    tries(2000),
  )
})

test('whatever happened, a system that is well again is found so, and the valve opens', () => {
  fc.assert(
    fc.property(walk, ({ limit, steps }) => {
      const tend = tended(limit)
      for (const each of steps) follow(tend, each)
      for (let tries = 0; tend.valve.is !== 'open' && tries < 2 * limit; tries++) {
        if (tend.try(answer)) continue
        const { valve, now } = tend
        tend.pass(
          Math.max(leaseSeconds, (Date.parse(untilOf(valve)) - Date.parse(now)) / 1000 || 0),
        )
      }
      return tend.valve.is === 'open'
    }),
    tries(1000),
  )
})

test('five failures in a row shut it, whoever has them; an answer in between begins a new row', () => {
  const tend = tended(8)
  for (const each of [outage, outage, outage, outage, answer, outage, outage, outage, outage]) {
    tend.try(each)
    expect(tend.valve.is).toBe('open')
  }
  tend.try(outage)
  expect(tend.valve).toMatchObject({ is: 'shut', why: 'outage', until: seconds(2), reason })
})

test('failures that are minutes apart are no outage', () => {
  const tend = tended(8)
  for (let i = 0; i < 20; i++) {
    tend.try(outage)
    tend.pass(61)
  }
  expect(tend.valve.is).toBe('open')
})

test.each([
  ['outage', outage, 15],
  ['refusal', refusal, 300],
])('with each probe that fails the pause grows, up to its most (%s)', (_, trouble, most) => {
  const tend = tended(8)
  tend.shutWith(trouble)
  const lengths: number[] = []
  for (let probe = 0; probe < 30; probe++) {
    const pause = (Date.parse(untilOf(tend.valve)) - Date.parse(tend.now)) / 1000
    lengths.push(pause)
    tend.pass(pause - 0.001)
    expect(tend.try(trouble)).toBe(false)
    tend.pass(0.001)
    expect(tend.try(trouble)).toBe(true)
    expect(tend.valve).toMatchObject({ is: 'shut', since: start })
  }
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
  expect(lengths[0]).toBeLessThan(most)
  expect(lengths.at(-1)).toBe(most)
})

test('it opens by doubling what may be under way', () => {
  const tend = tended(16)
  tend.shutWith(outage)
  tend.pass(60)
  const widths: number[] = []
  while (tend.valve.is !== 'open' && widths.length < 50) {
    let width = 0
    while (tend.enter()) width += 1
    widths.push(width)
    for (let i = 0; i < width; i++) tend.leave(answer)
  }
  expect(widths).toEqual([1, 2, 4, 8])
})

test('one failure among many narrows it; only that of a lone probe shuts it again', () => {
  const tend = tended(16)
  tend.shutWith(outage)
  tend.pass(60)
  for (let i = 0; i < 7; i++) tend.try(answer)
  expect(tend.valve).toMatchObject({ is: 'easing', allowance: 8 })
  for (const allowance of [4, 2, 1]) {
    tend.try(outage)
    expect(tend.valve).toMatchObject({ is: 'easing', allowance })
  }
  tend.try(outage)
  expect(tend.valve.is).toBe('shut')
})

test('what a system says of its limits holds for everybody, whatever stragglers hear', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 3600 }),
      fc.array(heard, { maxLength: 10 }),
      (of, late) => {
        const tend = tended(8)
        for (const _ of late) tend.enter()
        tend.enter()
        while (tend.valve.is === 'open') tend.leave(throttle(of))
        for (const each of late) tend.leave(each)
        tend.pass(of - 1)
        return !tend.enter()
      },
    ),
    tries(500),
  )
})

test.each([answer, outage])(
  'who passed before it shut neither opens it nor shuts it again (%j)',
  (late) => {
    const tend = tended(8)
    tend.enter()
    tend.enter()
    for (let i = 0; i < 4; i++) tend.try(outage)
    tend.leave(outage)
    expect(tend.valve.is).toBe('shut')
    tend.pass(2)
    tend.leave(late)
    expect(tend.valve.is).toBe('shut')

    const straggler = tended(8)
    straggler.enter()
    straggler.shutWith(outage)
    straggler.pass(2)
    straggler.enter()
    straggler.leave(late)
    expect(straggler.valve).toMatchObject({ is: 'easing', allowance: 1, passed: 0 })
  },
)

test('a second word of a system about its limits counts when it is the longer one', () => {
  const tend = tended(8)
  for (let i = 0; i < 3; i++) tend.enter()
  for (const length of [30, 90, 60]) tend.leave(throttle(length))
  expect(untilOf(tend.valve)).toBe(seconds(90))
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

test('one step finds the credentials refused, and none again until they were accepted', () => {
  const tend = tended(8)
  let found = 0
  const tryWith = (each: Heard) => {
    const before = tend.valve
    tend.try(each)
    if (isNewlyHalted(before, tend.valve)) found += 1
  }
  for (let i = 0; i < 40; i++) {
    tryWith(refusal)
    tend.pass(100)
  }
  expect(found).toBe(1)
  for (let i = 0; i < 40 && tend.valve.is !== 'open'; i++) {
    tryWith(answer)
    tend.pass(100)
  }
  tryWith(refusal)
  expect(found).toBe(2)
})

describe('the way back of those who wait', () => {
  const shutFor = (left: number, lasted: number): Valve => ({
    is: 'shut',
    rev: 1,
    why: 'outage',
    reason,
    since: seconds(-lasted),
    pauses: 1,
    until: seconds(left),
  })
  const hints = 1000
  const delays = (valve: Valve): number[] =>
    Array.from({ length: hints }, (_, i) => secondsBehind(valve, start, i / hints))

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

  test('is short while it opens: whoever has to let others pass first is soon asked again', () => {
    const easing: Valve = {
      is: 'easing',
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
