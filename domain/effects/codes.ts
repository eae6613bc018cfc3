import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import {
  type CodeMap,
  type CodeMapDeps,
  codeMapOf,
  namedNow,
} from '../cross-references/code-map.ts'
import { unmapped } from '../cross-references/unmapped.ts'
import type { Failure } from '../failure.ts'
import { claimableFrom } from '../order/claims.ts'
import { type RecordFactDeps, recordFact } from '../order/record-fact.ts'
import type { Clock, Opened } from '../ports.ts'
import { err, type Result } from '../result.ts'
import { subjectOf } from './subject-of.ts'

export interface CodesDeps extends CodeMapDeps {
  readonly clock: Clock
}

interface About {
  readonly state: OrderState
  readonly intent: Intent
  readonly order: Order
}

/** How the system is to be spoken to about an effect. */
export const codesOf = ({ state, intent, order }: About, deps: CodesDeps): Promise<CodeMap> =>
  codeMapOf(
    {
      effect: intent.effect,
      subject: subjectOf(state, intent, order),
      lines: state.lines,
      at: deps.clock().toISOString(),
    },
    deps,
  )

/** The same before the claim, because the claim says what the system is going to be told; nothing where none can follow. */
export async function codesBefore(
  { state, order }: Opened,
  intentId: string,
  deps: CodesDeps,
): Promise<CodeMap | undefined> {
  const intent = state?.intents[intentId]
  if (!order || !intent || claimableFrom(state, intentId) === undefined) return undefined
  return codesOf({ state, intent, order }, deps)
}

interface Nameless {
  readonly state: OrderState
  readonly intentId: string
  readonly misses: readonly Thing[]
}

/** Refuses, and leaves word for whoever brings the names. */
export async function unnamed(
  { state, intentId, misses }: Nameless,
  { crossReferences }: CodesDeps,
): Promise<Result<never, Failure>> {
  await crossReferences.wait(misses.map((thing) => ({ ...thing, orderId: state.id, intentId })))
  return err(unmapped(misses))
}

/**
 * Whoever brings names looks for those who wait after writing, and whoever waits looks for names after saying so: in
 * whatever order that happens, one of them finds the other.
 */
export async function wakeIfNamed(
  { state, intentId, misses }: Nameless,
  deps: CodesDeps & RecordFactDeps,
): Promise<void> {
  const at = deps.clock().toISOString()
  const named = await namedNow(misses, at, deps)
  if (named.length === misses.length) {
    const news = `epoch ${state.intents[intentId]?.epoch}`
    await retryFor({ id: state.id, intentId, at, news }, deps)
  }
}

interface Retry {
  readonly id: OrderId
  readonly intentId: string
  readonly at: Instant
  /** What is new: two who bring news at one moment are two. */
  readonly news: string
}

/** Tells the ledger to try an effect again, because its names are there. */
export async function retryFor(
  { id, intentId, at, news }: Retry,
  deps: RecordFactDeps,
): Promise<void> {
  const command = { do: 'retry', intentId } as const
  const fact = { type: 'command', id: `named:${news}:${at}`, by: 'cross-references' } as const
  await recordFact({ id }, { ...fact, command, at }, deps)
}
