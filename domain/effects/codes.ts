import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'
import type { Intent } from '../../schemas/stored/order-state.ts'
import {
  type CodeMap,
  type CodeMapDeps,
  codeMapOf,
  namedNow,
} from '../cross-references/code-map.ts'
import { unmapped } from '../cross-references/unmapped.ts'
import type { Failure } from '../failure.ts'
import type { Clock } from '../ports.ts'
import { err, type Result } from '../result.ts'
import type { About, Aggregate, EffectView, Loaded } from './aggregate.ts'

export interface CodesDeps extends CodeMapDeps {
  readonly aggregate: Aggregate
  readonly clock: Clock
}

/** The connection's names for an effect. */
export const codesOf = (
  view: EffectView,
  { intent, order }: { readonly intent: Intent; readonly order: Order },
  deps: CodesDeps,
): Promise<CodeMap> =>
  codeMapOf(
    {
      effect: intent.effect,
      subject: deps.aggregate.subjectOf(view, order),
      lines: view.lines,
      at: deps.clock().toISOString(),
    },
    deps,
  )

/** The same before the claim, because the claim records the names; nothing if no parcels follow. */
export async function codesBefore(
  { view, order }: Loaded,
  deps: CodesDeps,
): Promise<CodeMap | undefined> {
  if (!order || !view?.intent || view.from === undefined) return undefined
  return codesOf(view, { intent: view.intent, order }, deps)
}

/** Fails, and records that the effect waits for the names. */
export async function unnamed(
  { orderId, intentId }: About,
  misses: readonly Thing[],
  { crossReferences }: CodesDeps,
): Promise<Result<never, Failure>> {
  await crossReferences.wait(misses.map((thing) => ({ ...thing, orderId, intentId })))
  return err(unmapped(misses))
}

interface Nameless extends About {
  readonly epoch: number
  readonly misses: readonly Thing[]
}

/**
 * An import writes names and then looks for waiting effects; an effect records that it waits and then looks for names.
 * So one of them always finds the other.
 */
export async function wakeIfNamed(
  { orderId, intentId, epoch, misses }: Nameless,
  deps: CodesDeps,
): Promise<void> {
  const at = deps.clock().toISOString()
  const named = await namedNow(misses, at, deps)
  if (named.length < misses.length) return
  await retryFor({ orderId, intentId }, { at, news: `epoch ${epoch}` }, deps.aggregate)
}

interface News {
  readonly at: Instant
  /** Identifies the import: two imports at the same time are two. */
  readonly news: string
}

/** Tries an effect again because its names are there. */
export async function retryFor(
  about: About,
  { at, news }: News,
  aggregate: Aggregate,
): Promise<void> {
  const command = { do: 'retry', intentId: about.intentId } as const
  const id = `named:${news}:${at}`
  await aggregate.record(about, { type: 'command', id, by: 'cross-references', command, at })
}
