import type { Instant } from '../../schemas/canonical/instant.ts'
import type { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { Intent } from '../../schemas/stored/order-state.ts'
import { after } from '../instant.ts'
import type { Clock, Requeue } from '../ports.ts'
import type { Aggregate, EffectView } from './aggregate.ts'
import type { Permit } from './guard.ts'
import type { Performed } from './performed.ts'

export interface WaitingDeps {
  readonly aggregate: Aggregate
  readonly again: Requeue
  readonly clock: Clock
}

/** Waits behind an open breaker. Only one hint of each intent waits; the others end. */
export async function waitOutside(
  hint: EffectHint,
  { seconds, reason }: Extract<Permit, { readonly passes: false }>,
  deps: WaitingDeps,
): Promise<Performed> {
  const at = deps.clock().toISOString()
  const fact = { type: 'wait', at, intentId: hint.intentId, seconds, until: hint.until } as const
  const { view, isNews } = await deps.aggregate.record(hint, fact)
  const { intent, until } = view
  if (until === undefined) return over
  if (!isNews && isAnothers(intent, fact, until)) return awaited
  await deps.again(returning(hint, until), seconds)
  return { did: 'skipped: waiting for another effect', reason }
}

const over: Performed = { did: 'skipped: already finished' }
const awaited: Performed = { did: 'skipped: effect already claimed' }

/** A hint that waits for another effect checks soon, because effects take a second or two, then at growing intervals. */
const [turnSeconds, mostTurnSeconds] = [2, 60]

/** The effect could not be claimed; the worker that has it, or a waiting hint, will perform it. */
export async function notYet(
  hint: EffectHint,
  { intent, from }: EffectView,
  deps: WaitingDeps,
): Promise<Performed> {
  if (from === undefined) return over
  const isSeenTo = isAnothers(intent, { ...hint, at: deps.clock().toISOString() }, from)
  if (isSeenTo && !mayBeOrphan(hint, intent, from)) return awaited
  const left = Math.min(mostDelay, secondsUntil(from, deps))
  if (left > 0) await deps.again(returning(hint, from), Math.max(turnSeconds, left))
  else await waitForTurn(hint, deps)
  return { did: 'skipped: not due yet' }
}

/** A redelivered message may belong to a worker that vanished: it waits once, for the end of the claim it finds. */
const mayBeOrphan = ({ until }: EffectHint, intent: Intent | undefined, from: string): boolean =>
  until === undefined && intent?.leaseUntil === from

async function waitForTurn({ turns = 0, ...hint }: EffectHint, { again }: WaitingDeps) {
  const seconds = Math.min(mostTurnSeconds, turnSeconds * 2 ** Math.min(turns, 10))
  await again(JSON.stringify({ ...hint, turns: turns + 1 }), seconds)
}

/** SQS delays at most 15 minutes. The sweeper wakes longer waits. */
const mostDelay = 900

/** The worker that postponed an effect returns for it. */
export async function comeBack(
  hint: EffectHint,
  { from }: EffectView,
  deps: WaitingDeps,
): Promise<void> {
  if (from === undefined) return
  const seconds = Math.max(1, secondsUntil(from, deps))
  if (seconds <= mostDelay) await deps.again(returning(hint, from), seconds)
}

const returning = ({ until: _, turns: __, ...hint }: EffectHint, until: Instant | ''): string =>
  JSON.stringify({ ...hint, ...(until !== '' && { until }) })

const secondsUntil = (from: Instant | '', { clock }: WaitingDeps): number =>
  from === '' ? 0 : Math.ceil((Date.parse(from) - clock().getTime()) / 1000)

/** Seconds: such short waits are not recorded. */
export const brief = 5

interface Arrival {
  readonly at: Instant
  /** The time for which it returned. */
  readonly until?: Instant | undefined
}

/**
 * Another worker or waiting hint is responsible until then, so this hint may end. If the other is lost, the sweeper
 * requests the effect again.
 */
export function isAnothers(
  intent: Intent | undefined,
  { at, until }: Arrival,
  then: Instant | '',
): boolean {
  if (then <= after(at, brief)) return false
  const { notBefore, awaitedUntil } = intent ?? {}
  return until === undefined || ![then, notBefore, awaitedUntil].includes(until)
}
