import type { Reference } from '../../schemas/canonical/reference.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import type { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { Intent, LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { doubt, except, type Failure, retry } from '../failure.ts'
import { claimableFrom, isBlocked } from '../order/claims.ts'
import { digestOf } from '../order/digest.ts'
import { type LearnDeps, learn } from '../order/learn.ts'
import { forWarehouse, toDeliver, toTell } from '../order/lines.ts'
import { postingOf, releaseOf, roundOf } from '../order/state.ts'
import type { Account, Effect, Plug, Subject } from '../plug.ts'
import type { Again, Clock, Opened } from '../ports.ts'
import { err, ok, type Result } from '../result.ts'
import type { Gate, Passage } from './gate.ts'

export interface PerformDeps extends LearnDeps {
  readonly plug: Plug
  readonly account: Account
  /** The connection's valve: behind one that is shut, nothing is even claimed. */
  readonly gate: Gate
  readonly again: Again
  readonly clock: Clock
  /** How long a claim lasts; at least the function's timeout, so that its holder is gone when it ends. */
  readonly leaseSeconds: number
}

/**
 * Carries out one effect at one system, at most once. Claims the intent under a new epoch, looks before it makes
 * wherever an earlier attempt may have succeeded, and reports the outcome under the same epoch. Whatever has to
 * happen later comes back as a delayed hint, so that waiting never counts as a failed receive.
 */
export async function perform(hint: EffectHint, deps: PerformDeps): Promise<Performed> {
  const passage = await deps.gate.enter()
  if (passage.passes) return carryOut(hint, passage, deps)
  await deps.again(JSON.stringify(hint), passage.seconds)
  return { did: 'nothing: its turn comes later', reason: passage.reason }
}

async function carryOut(
  hint: EffectHint,
  passage: Extract<Passage, { readonly passes: true }>,
  deps: PerformDeps,
): Promise<Performed> {
  const { intentId, traceparent } = hint
  const about = { id: hint.orderId, traceparent }
  const now = () => deps.clock().toISOString()
  const leaseSeconds = deps.leaseSeconds + longestLag(deps.plug)
  const opened = await deps.ledger.open(hint.orderId)
  const claimed = { type: 'claim', at: now(), intentId, leaseSeconds } as const
  const claim = await learn({ ...about, last: opened.state }, claimed, deps)
  const intent = claim.state.intents[intentId]
  if (claim.events.length === 0 || !intent) {
    await passage.turnBack()
    return later(hint, claim.state, deps)
  }

  const { account } = passage
  const asked = { intentId, intent, opened }
  const tried = await attempt(claim.state, asked, { ...deps, account })
  const result = await passage.leave(tried.result)
  const outcome = {
    type: 'outcome',
    at: now(),
    intentId,
    epoch: intent.epoch,
    during: tried.during,
    result,
    lagSeconds: lagOf(deps.plug.effects[intent.effect]),
  } as const
  const { state } = await learn({ ...about, last: claim.state }, outcome, deps)
  await later(hint, state, deps)
  if (result.ok) return { did: intent.effect }
  return { did: `tried ${intent.effect}`, next: result.error.next, reason: result.error.reason }
}

/** What was done, in words for the log. */
export interface Performed {
  readonly did: string
  readonly next?: string
  readonly reason?: string
}

/** What waits only for its turn at a system gets it soon: effects take a second or two. */
const turnSeconds = 2

async function later(
  hint: EffectHint,
  state: OrderState,
  { again, clock }: PerformDeps,
): Promise<Performed> {
  const from = claimableFrom(state, hint.intentId)
  if (from === undefined) return { did: 'nothing: it is over' }
  const until = from === '' ? 0 : Math.ceil((Date.parse(from) - clock().getTime()) / 1000)
  // SQS delays a message by 15 minutes at most; the worker that receives it early delays it again.
  await again(JSON.stringify(hint), Math.min(900, until > 0 ? until : turnSeconds))
  return { did: 'nothing: it is not time yet' }
}

interface Attempt {
  readonly during: 'look' | 'make'
  readonly result: Result<Reference, Failure>
}

interface Claimed {
  readonly intentId: string
  readonly intent: Intent
  readonly opened: Opened
}

async function attempt(
  state: OrderState,
  { intentId, intent, opened }: Claimed,
  deps: PerformDeps,
): Promise<Attempt> {
  const { plug, account } = deps
  const effect = plug.effects[intent.effect]
  const order = await posted(state, opened, deps)
  if (!effect) {
    const reason = `${plug.title} cannot do ${intent.effect}; do it there by hand`
    return { during: 'look', result: err(except('effect-refused', reason)) }
  }
  if (!order) return { during: 'look', result: err(retry('the order has no snapshot yet')) }

  const subject = { intentId, ...subjectOf(state, intent, order) }
  if (intent.look && !effect.look) {
    return { during: 'look', result: err(doubt('an earlier attempt ended without an answer')) }
  }
  if (intent.look || effect.find === 'always') {
    const found = await look(effect, account, subject)
    if (!found.ok) return { during: 'look', result: found }
    if (found.value) return { during: 'look', result: ok(found.value) }
  }
  // Cancelled or held while an earlier attempt was in doubt: now that there is surely nothing, nothing is made.
  if (isBlocked(state, intent)) {
    return { during: 'make', result: err(retry('not made: the order is held or cancelled')) }
  }
  if (leaseIsOver(intent, deps)) {
    return { during: 'look', result: err(retry('the look-up took longer than the lease')) }
  }
  const made = await effect.make(account, subject)
  if (made.ok || made.error.next !== 'ignore') return { during: 'make', result: made }
  const existing = await look(effect, account, subject)
  // Done without its reference, what follows could not name it: better to look again.
  if (!existing.ok) return { during: 'make', result: err(doubt(existing.error.reason)) }
  return existing.value
    ? { during: 'look', result: ok(existing.value) }
    : { during: 'make', result: made }
}

/** The document that the claimed state speaks of; one read before the claim may be another by then. */
async function posted({ id, seen }: OrderState, { order }: Opened, { ledger }: PerformDeps) {
  if (order && digestOf(order) === seen?.digest) return order
  return (await ledger.open(id)).order
}

const look = async (effect: Effect, account: Account, subject: Subject) =>
  effect.look ? effect.look(account, subject) : ok(undefined)

/** A worker that was frozen past its lease must not send: somebody else may hold the intent by now. */
const leaseIsOver = ({ leaseUntil = '' }: Intent, { clock }: PerformDeps): boolean =>
  clock().toISOString() >= leaseUntil

/** Whoever claims after a lease ran out has to look, and must not look before the system's index can know. */
const longestLag = ({ effects }: Plug): number =>
  Math.max(0, ...Object.values(effects).map((effect) => lagOf(effect) ?? 0))

const lagOf = (effect: Effect | undefined): number | undefined => {
  if (effect?.safety.by === 'none') return undefined
  return effect?.safety.by === 'lookup' ? effect.safety.lagSeconds : 0
}

function subjectOf(state: OrderState, intent: Intent, order: Subject['order']): Subject {
  const erp = postingOf(state)?.reference
  const wms = releaseOf(state)?.reference
  const shipment = intent.shipmentId ? state.shipments[intent.shipmentId] : undefined
  const units = unitsFor[intent.effect] ?? toDeliver
  return {
    order,
    lines: state.lines.map((line) => ({ id: line.id, quantity: units(line) })),
    references: { ...(erp && { erp }), ...(wms && { wms }) },
    round: roundOf(state),
    ...(shipment && { shipment }),
  }
}

/** The units of a line that an effect is about, where that is not what the buyer is to get. */
const unitsFor: Readonly<Partial<Record<EffectName, (line: LedgerLine) => number>>> = {
  'release-order': forWarehouse,
  'amend-release': forWarehouse,
  'cancel-sale': toTell,
}
