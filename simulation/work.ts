import { AsyncLocalStorage } from 'node:async_hooks'
import type { PerformDeps } from '../domain/effects/perform.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import type { EffectHint } from '../schemas/messages/effect-hint.ts'

/** A piece of work that a worker has in hand: one of a batch that is worked on at one time. */
export interface Work {
  readonly order: string
  readonly intent: string
  /** Until when it may write, once it has claimed it. */
  leaseUntil?: Instant
}

const inHand = new AsyncLocalStorage<Work>()

/** What the code that runs now works on. */
export const workNow = (): Work | undefined => inHand.getStore()

/** Lets something happen on behalf of that work. */
export const on = <T>(work: Work | undefined, happen: () => T): T =>
  work ? inHand.run(work, happen) : happen()

type Perform = (hint: EffectHint, deps: PerformDeps) => unknown

/** `domain/effects/perform.ts` as it is, known for whose work whatever it asks is. */
export const followed = (exports: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  ...exports,
  perform: (hint: EffectHint, deps: PerformDeps) =>
    on({ order: hint.orderId, intent: hint.intentId }, () =>
      // What the file exports; whoever changes that has to come by here.
      (exports['perform'] as Perform)(hint, deps),
    ),
})
