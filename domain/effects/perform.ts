import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'
import type { Intent } from '../../schemas/stored/order-state.ts'
import type { Account } from '../account.ts'
import { type CodeMap, mapCodes } from '../cross-references/code-map.ts'
import { doubt, except, type Failure, retry } from '../failure.ts'
import { after } from '../instant.ts'
import { impersonal } from '../privacy/impersonal.ts'
import { err, ok, type Result } from '../result.ts'
import type { EffectView, Loaded } from './aggregate.ts'
import { effectCatalogue } from './catalogue.ts'
import { type CodesDeps, codesBefore, codesOf, unnamed, wakeIfNamed } from './codes.ts'
import { type Effect, type Effects, type Steps, type Subject, surelyNotDone } from './effect.ts'
import type { Guard, Permit } from './guard.ts'
import type { Performed } from './performed.ts'
import { comeBack, notYet, type WaitingDeps, waitOutside } from './waiting.ts'

export interface PerformDeps extends WaitingDeps, CodesDeps {
  /** The system's title and effects. */
  readonly system: { readonly title: string; readonly effects: Effects }
  readonly account: Account
  /** The connection's breaker: nothing is claimed while it is open. */
  readonly gate: Guard
  /**
   * When the ledger was restored: an older order's effects may have been done although the ledger does not know.
   * @default never restored
   */
  readonly restoredAt?: Instant
  /** Seconds that a claim lasts; at least the function's timeout, so that its holder has ended. */
  readonly leaseSeconds: number
}

/**
 * Performs one effect at one system, at most once. Claims the intent under a new epoch, looks first if an earlier
 * attempt may have succeeded, and reports the outcome under the same epoch. Later work returns as a delayed hint, so
 * waiting never counts as a failed receive.
 */
export async function perform(hint: EffectHint, deps: PerformDeps): Promise<Performed> {
  const passage = await deps.gate.enter()
  return passage.passes ? carryOut(hint, passage, deps) : waitOutside(hint, passage, deps)
}

async function carryOut(
  hint: EffectHint,
  passage: Extract<Permit, { readonly passes: true }>,
  deps: PerformDeps,
): Promise<Performed> {
  const { intentId } = hint
  const { aggregate } = deps
  const now = () => deps.clock().toISOString()
  const leaseSeconds = deps.leaseSeconds + longestLag(deps.system)
  const opened = await aggregate.load(hint)
  const words = await codesBefore(opened, deps)
  const called = words?.called ?? []
  const claimed = {
    type: 'claim',
    at: now(),
    intentId,
    leaseSeconds,
    ...(called.length > 0 && { called }),
  } as const
  const claim = await aggregate.record(hint, claimed, opened.view)
  const { intent } = claim.view
  if (!claim.isNews || !intent) {
    await passage.cancel()
    return notYet(hint, claim.view, deps)
  }

  const sent = { any: false }
  const account = fenced(passage.account, { intent, sent }, deps)
  const asked = { hint, intent, opened, words }
  const written: Record<string, string> = {}
  const steps: Steps = {
    idOf: (step) => written[step] ?? intent.steps?.[step],
    done: (step, id) => Object.assign(written, { [step]: id }),
  }
  const tried = await attempt(claim.view, { ...asked, steps }, { ...deps, account })
  const left = await passage.leave(tried.result)
  const effect = deps.system.effects[intent.effect]
  const result = sent.any && effect?.finish ? unsure(left) : left
  const outcome = {
    type: 'outcome',
    at: now(),
    intentId,
    epoch: intent.epoch,
    during: tried.during,
    result,
    ...(Object.keys(written).length > 0 && { steps: written }),
    lagSeconds: lagOf(effect),
  } as const
  const { view, isNews } = await aggregate.record(hint, outcome, claim.view)
  if (tried.misses) await wakeIfNamed({ ...hint, epoch: intent.epoch, misses: tried.misses }, deps)
  if (isNews) await comeBack(hint, view, deps)
  if (result.ok) return { did: intent.effect }
  return { did: `tried ${intent.effect}`, next: result.error.next, reason: result.error.reason }
}

interface Attempt {
  readonly during: 'look' | 'make'
  readonly result: Result<Reference, Failure>
  /** Codes without a name: why nothing was created. */
  readonly misses?: readonly Thing[]
}

interface Claimed {
  readonly steps: Steps
  readonly hint: EffectHint
  readonly intent: Intent
  readonly opened: Loaded
  /** The names for the document that was opened. */
  readonly words: CodeMap | undefined
}

async function attempt(view: EffectView, claimed: Claimed, deps: PerformDeps): Promise<Attempt> {
  const { hint, intent, opened } = claimed
  const { system, account, aggregate } = deps
  const known = system.effects[intent.effect]
  const now = await posted(view, claimed, deps)
  const { order, gone } = now
  if (!known) {
    const reason = `${system.title} does not support ${intent.effect}; do it there by hand`
    return { during: 'look', result: err(except('effect-refused', reason)) }
  }
  if (!order) return { during: 'look', result: err(retry('the order has no snapshot yet')) }

  const effect = impersonal(known, [opened, now])
  const words = await wordsNow(view, { ...claimed, order }, deps)
  if (!words) return { during: 'look', result: err(retry('the order changed during the claim')) }
  const subject = mapCodes(words, {
    intentId: hint.intentId,
    steps: claimed.steps,
    ...aggregate.subjectOf(view, order),
  })
  const forgotten = mayBeForgotten(order.placedAt, { intent, effect }, deps)
  if ((intent.look || forgotten) && !effect.look) {
    const reason = forgotten
      ? 'the ledger was restored and does not know whether this was done'
      : 'an earlier attempt ended without an answer'
    return { during: 'look', result: err(doubt(reason)) }
  }
  // An earlier attempt with several writes may have left some of them.
  const looks = intent.look || effect.find === 'always' || (effect.finish && intent.epoch > 1)
  const found = looks || forgotten ? await look(effect, account, subject) : ok(undefined)
  if (!found.ok) return { during: 'look', result: found }
  if (found.value && !found.value.isHalfMade) return { during: 'look', result: ok(found.value) }
  if (found.value && view.isBlocked) return { during: 'look', result: err(halfMade(system.title)) }
  // Cancelled or held while an earlier attempt was in doubt: it certainly did not happen, so nothing is created.
  if (view.isBlocked) {
    return { during: 'make', result: err(retry('not created: the order is held or cancelled')) }
  }
  if (gone && effectCatalogue[intent.effect].copy) return { during: 'make', result: err(nobody) }
  const { misses } = words
  if (misses.length > 0) {
    return { during: 'make', result: await unnamed(hint, misses, deps), misses }
  }
  if (leaseIsOver(intent, deps)) {
    return { during: 'look', result: err(retry('the look-up took longer than the lease')) }
  }
  const made =
    effect.finish && found.value
      ? await effect.finish(account, subject, found.value)
      : await effect.make(account, subject)
  if (made.ok || made.error.next !== 'ignore') return { during: 'make', result: made }
  const existing = await look(effect, account, subject)
  // Without the reference, later effects could not name it: look again.
  if (!existing.ok) return { during: 'make', result: err(doubt(existing.error.reason)) }
  return existing.value && !existing.value.isHalfMade
    ? { during: 'look', result: ok(existing.value) }
    : { during: 'make', result: made }
}

/** A system that rejects duplicates need not be searched first, and a person's answer is final. */
const mayBeForgotten = (
  placedAt: Instant,
  { intent, effect }: { readonly intent: Intent; readonly effect: Effect },
  { restoredAt }: PerformDeps,
): boolean =>
  restoredAt !== undefined &&
  placedAt < restoredAt &&
  effect.safety.by !== 'key' &&
  intent.trouble !== surelyNotDone

/** The document that the claim was decided on; one read before the claim may differ. */
async function posted(
  view: EffectView,
  { hint, opened }: Claimed,
  { aggregate }: PerformDeps,
): Promise<Loaded> {
  return opened.order && view.speaksOf(opened.order) ? opened : aggregate.load(hint)
}

const nobody = except(
  'personal-data-gone',
  "the order's personal data was erased or has expired, and the effect needs it",
)

/** The claim's names; `undefined` if a document in between has other names. */
async function wordsNow(
  view: EffectView,
  { intent, opened, words, order }: Claimed & { readonly order: Subject['order'] },
  deps: PerformDeps,
): Promise<CodeMap | undefined> {
  if (words && order === opened.order) return words
  const fresh = await codesOf(view, { intent, order }, deps)
  return JSON.stringify(fresh.called) === JSON.stringify(words?.called ?? []) ? fresh : undefined
}

const look = async (effect: Effect, account: Account, subject: Subject) =>
  effect.look ? effect.look(account, subject) : ok(undefined)

/**
 * A worker frozen beyond its lease must not send: another may hold the intent, or will as soon as an index can show
 * what was sent in time. The lease includes that lag; the time to write does not.
 */
const leaseIsOver = ({ leaseUntil }: Intent, { clock, system }: PerformDeps): boolean =>
  !leaseUntil || clock().toISOString() >= after(leaseUntil, -longestLag(system))

interface Fence {
  readonly intent: Intent
  /** Whether a write was sent. */
  readonly sent: { any: boolean }
}

/** A connector may also be frozen between two writes; the later ones are then not sent. */
const fenced = (account: Account, { intent, sent }: Fence, deps: PerformDeps): Account => ({
  ...account,
  send: async (call) => {
    if (call.kind === 'read') return account.send(call)
    if (leaseIsOver(intent, deps)) {
      return err(doubt('the lease ended before everything was written'))
    }
    sent.any = true
    return account.send(call)
  },
})

/** Some of several writes may be done, so the next attempt must look first. */
const unsure = <T>(result: Result<T, Failure>): Result<T, Failure> =>
  !result.ok && (result.error.next === 'retry' || result.error.next === 'wait')
    ? err(doubt(result.error.reason))
    : result

const halfMade = (title: string): Failure =>
  except(
    'in-doubt',
    `${title} has created it in part, and the order is held or cancelled; complete it or delete it there, then give answer`,
  )

/** A claim after an expired lease must look, but not before the system's index can show the result. */
const longestLag = ({ effects }: PerformDeps['system']): number =>
  Math.max(0, ...Object.values(effects).map((effect) => lagOf(effect) ?? 0))

const lagOf = (effect: Effect | undefined): number | undefined => {
  if (effect?.safety.by === 'none') return undefined
  return effect?.safety.by === 'lookup' ? effect.safety.lagSeconds : 0
}
