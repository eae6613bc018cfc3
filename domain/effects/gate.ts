import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Valve } from '../../schemas/stored/valve.ts'
import { type Failure, wait } from '../failure.ts'
import { after } from '../order/time.ts'
import type { Account } from '../plug.ts'
import type { Clock, Valves } from '../ports.ts'
import { err, type Result } from '../result.ts'
import { enter, type Heard, type Here, isNewlyHalted, leave, secondsBehind } from './valve.ts'

export interface GateDeps {
  readonly valves: Valves
  readonly account: Account
  /** The connection's `maxConcurrency`. */
  readonly limit: number
  /** How long a worker that passes may be away. */
  readonly leaseSeconds: number
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** Waits a random while below this many milliseconds. */
  readonly jitter: (ms: number) => Promise<void>
}

/** Where everybody passes who wants to ask something of one connection. */
export interface Gate {
  enter(): Promise<Passage>
}

export type Passage =
  | {
      readonly passes: false
      readonly reason: string
      /** When to come again, 1 to 900. */
      readonly seconds: number
    }
  | {
      readonly passes: true
      /** The account to ask with: it notices whether the system was asked at all. */
      readonly account: Account
      /** Tells the valve what came of it. Returns what the order is to learn of it, which is less where the whole connection waits. */
      leave<T>(result: Result<T, Failure>): Promise<Result<T, Failure>>
      /** Gives the place back without having asked. */
      turnBack(): Promise<void>
    }

/** An open valve costs a look that is remembered for seconds; only trouble, and what follows from it, is written. */
export const gateOf = (deps: GateDeps): Gate => ({
  async enter() {
    const known = await deps.valves.glance(deps.account.connection)
    const glanced = enter(known, hereOf(deps))
    if (!glanced.passes) return behind(known, deps)
    if (glanced.valve === known) return through({ known, place: undefined }, deps)

    const step = await change((valve) => enter(valve, hereOf(deps)), deps)
    if (!step?.passes) return behind(step?.before ?? known, deps)
    return through({ known: step.valve, place: step.place }, deps)
  },
})

const hereOf = ({ clock, limit, leaseSeconds }: GateDeps): Here => {
  const now = clock().toISOString()
  return { now, limit, leaseUntil: after(now, leaseSeconds) }
}

const behind = (valve: Valve, { clock, random, account }: GateDeps): Passage => ({
  passes: false,
  reason:
    valve.is === 'open'
      ? `others pass to ${account.connection} first`
      : `the valve of ${account.connection} is ${valve.is} (${valve.why}): ${valve.reason}`,
  seconds: secondsBehind(valve, clock().toISOString(), random()),
})

interface Passed {
  readonly known: Valve
  readonly place: Instant | undefined
}

function through({ known, place }: Passed, deps: GateDeps): Passage {
  let asked = false
  const account: Account = {
    ...deps.account,
    send: (call) => {
      asked = true
      return deps.account.send(call)
    },
  }
  const tell = async (heard: Heard): Promise<Step | undefined> => {
    const told = (valve: Valve) => ({ valve: leave(valve, { heard, place }, hereOf(deps)) })
    // Of a valve that is open and stays so, nothing is read or written.
    const matters = place !== undefined || told(known).valve !== known
    return matters ? change(told, deps) : undefined
  }
  return {
    passes: true,
    account,
    async leave(result) {
      const step = await tell(heardIn(result, asked))
      return step && !result.ok ? err(forOrder(result.error, step, deps)) : result
    },
    async turnBack() {
      await tell({ is: 'nothing' })
    },
  }
}

/** A business problem is an answer, too. What a plug finds wrong by itself says nothing about its system. */
function heardIn(result: Result<unknown, Failure>, asked: boolean): Heard {
  if (!result.ok && result.error.next === 'halt') {
    return { is: 'refusal', reason: result.error.reason }
  }
  if (!asked) return { is: 'nothing' }
  if (result.ok) return { is: 'answer' }
  const { error } = result
  switch (error.next) {
    case 'retry':
      return { is: 'outage', reason: error.reason }
    case 'doubt':
      return error.answersWithin === undefined
        ? { is: 'outage', reason: error.reason }
        : { is: 'answer' }
    case 'wait':
      return { is: 'throttle', reason: error.reason, seconds: error.seconds }
    case 'except':
    case 'ignore':
    case 'halt':
      return { is: 'answer' }
  }
}

/** Trouble of the whole connection is no failed attempt of one order, and refused credentials are one exception, not one for each. */
function forOrder(error: Failure, { before, valve }: Step, { clock, random }: GateDeps): Failure {
  const later = () => wait(error.reason, secondsBehind(valve, clock().toISOString(), random()))
  if (error.next === 'halt') return isNewlyHalted(before, valve) ? error : later()
  return error.next === 'retry' && valve.is === 'shut' ? later() : error
}

interface Step {
  readonly before: Valve
  readonly valve: Valve
}

/** As many write a valve at one time as its lane has workers, and only around trouble. */
const attempts = 8

/** Decides on the valve as it is now, and anew when another worker was first; `undefined` when others always were. */
async function change<T extends { readonly valve: Valve }>(
  decide: (valve: Valve) => T,
  { valves, account, jitter }: GateDeps,
): Promise<(T & Step) | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await valves.load(account.connection)
    const decided = decide(before)
    const { valve } = decided
    if (valve === before) return { ...decided, before }
    if (await valves.save(account.connection, before, valve)) return { ...decided, before }
    await jitter(20 * 2 ** attempt)
  }
  return undefined
}
