import type { Instant } from '../../schemas/canonical/instant.ts'
import type { CircuitBreaker } from '../../schemas/stored/circuit-breaker.ts'
import type { Account } from '../account.ts'
import { type Failure, wait } from '../failure.ts'
import { after } from '../instant.ts'
import type { CircuitBreakers, Clock } from '../ports.ts'
import { err, type Result } from '../result.ts'
import {
  enter,
  type Here,
  isNewlyHalted,
  leave,
  type Observation,
  secondsBehind,
} from './circuit-breaker.ts'

export interface GuardDeps {
  readonly breakers: CircuitBreakers
  readonly account: Account
  /** The connection's `maxConcurrency`. */
  readonly limit: number
  /** How long a worker may hold its place. */
  readonly leaseSeconds: number
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** Waits a random time below this many milliseconds. */
  readonly jitter: (ms: number) => Promise<void>
}

/** Lets workers through to one connection, or tells them when to come back. */
export interface Guard {
  enter(): Promise<Permit>
}

export type Permit =
  | {
      readonly passes: false
      readonly reason: string
      /** Delay in seconds, 1 to 900. */
      readonly seconds: number
    }
  | {
      readonly passes: true
      /** The account to ask with; it records whether a request was sent. */
      readonly account: Account
      /** Reports the result to the breaker. Returns what the order records, which is `wait` where the whole connection is down. */
      leave<T>(result: Result<T, Failure>): Promise<Result<T, Failure>>
      /** Gives the place back without a request. */
      cancel(): Promise<void>
    }

/** A closed breaker costs one read, cached for seconds. Only trouble, and what follows from it, is written. */
export const guardOf = (deps: GuardDeps): Guard => ({
  async enter() {
    const known = await deps.breakers.glance(deps.account.connection)
    const glanced = enter(known, hereOf(deps))
    if (!glanced.passes) return behind(known, deps)
    if (glanced.breaker === known) return through({ known, place: undefined }, deps)

    const step = await change((breaker) => enter(breaker, hereOf(deps)), deps)
    if (!step?.passes) return behind(step?.before ?? known, deps)
    return through({ known: step.breaker, place: step.place }, deps)
  },
})

const hereOf = ({ clock, limit, leaseSeconds }: GuardDeps): Here => {
  const now = clock().toISOString()
  return { now, limit, leaseUntil: after(now, leaseSeconds) }
}

const behind = (breaker: CircuitBreaker, { clock, random, account }: GuardDeps): Permit => ({
  passes: false,
  reason:
    breaker.state === 'closed'
      ? `other effects of ${account.connection} go first`
      : `the breaker of ${account.connection} is ${breaker.state} (${breaker.why}): ${breaker.reason}`,
  seconds: secondsBehind(breaker, clock().toISOString(), random()),
})

interface Passed {
  readonly known: CircuitBreaker
  readonly place: Instant | undefined
}

function through({ known, place }: Passed, deps: GuardDeps): Permit {
  let asked = false
  const account: Account = {
    ...deps.account,
    send: (call) => {
      asked = true
      return deps.account.send(call)
    },
  }
  const report = async (observation: Observation): Promise<Step | undefined> => {
    const changed = (breaker: CircuitBreaker) => ({
      breaker: leave(breaker, { observation, place }, hereOf(deps)),
    })
    // A breaker that is closed and stays closed costs no read and no write.
    const matters = place !== undefined || changed(known).breaker !== known
    return matters ? change(changed, deps) : undefined
  }
  return {
    passes: true,
    account,
    async leave(result) {
      const step = await report(observationOf(result, asked))
      return step && !result.ok ? err(forOrder(result.error, step, deps)) : result
    },
    async cancel() {
      await report({ type: 'nothing' })
    },
  }
}

/** A business problem is an answer too. A fault that the connector found without a request says nothing about the system. */
function observationOf(result: Result<unknown, Failure>, asked: boolean): Observation {
  if (!result.ok && result.error.next === 'halt') {
    return { type: 'refusal', reason: result.error.reason }
  }
  if (!asked) return { type: 'nothing' }
  if (result.ok) return { type: 'answer' }
  const { error } = result
  switch (error.next) {
    case 'retry':
      return { type: 'outage', reason: error.reason }
    case 'doubt':
      return error.answersWithin === undefined
        ? { type: 'outage', reason: error.reason }
        : { type: 'answer' }
    case 'wait':
      return { type: 'throttle', reason: error.reason, seconds: error.seconds }
    case 'except':
    case 'ignore':
    case 'halt':
      return { type: 'answer' }
  }
}

/** An outage of the connection does not count as an attempt, and rejected credentials raise only one exception. */
function forOrder(
  error: Failure,
  { before, breaker }: Step,
  { clock, random }: GuardDeps,
): Failure {
  const later = () => wait(error.reason, secondsBehind(breaker, clock().toISOString(), random()))
  if (error.next === 'halt') return isNewlyHalted(before, breaker) ? error : later()
  return error.next === 'retry' && breaker.state === 'open' ? later() : error
}

interface Step {
  readonly before: CircuitBreaker
  readonly breaker: CircuitBreaker
}

/** As many writers as the lane has workers may collide, only during trouble. */
const attempts = 8

/** Decides on the stored breaker, again whenever another worker wrote first; `undefined` when every attempt lost. */
async function change<T extends { readonly breaker: CircuitBreaker }>(
  decide: (breaker: CircuitBreaker) => T,
  { breakers, account, jitter }: GuardDeps,
): Promise<(T & Step) | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await breakers.load(account.connection)
    const decided = decide(before)
    const { breaker } = decided
    if (breaker === before) return { ...decided, before }
    if (await breakers.save(account.connection, before, breaker)) return { ...decided, before }
    await jitter(20 * 2 ** attempt)
  }
  return undefined
}
