import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'

export const mapped = (
  intents: OrderState['intents'],
  to: (intent: Intent) => Intent,
): OrderState['intents'] =>
  Object.fromEntries(Object.entries(intents).map(([id, intent]) => [id, to(intent)]))

export function change(state: OrderState, id: string, to: (intent: Intent) => Intent): OrderState {
  const intent = state.intents[id]
  return intent ? { ...state, intents: { ...state.intents, [id]: to(intent) } } : state
}

/** The intent without a worker's lease. */
export function rested({ leaseUntil: _, ...intent }: Intent): Intent {
  return intent
}

/** The intent without a waiting hint. */
export function letIn({ awaitedUntil: _, ...intent }: Intent): Intent {
  return intent
}

/** The intent without a wake-up by the sweeper. */
export function unwoken({ wakeAt: _, ...intent }: Intent): Intent {
  return intent
}

/** The intent when it needs no more attention. */
export function over({ notBefore: _, look: __, ...intent }: Intent): Intent {
  const { acknowledged: ___, maybeAcknowledged: ____, ...ended } = intent
  return letIn(rested(unwoken(ended)))
}

export const withdraw = (intent: Intent): Intent =>
  intent.state === 'pending' || intent.state === 'refused'
    ? { ...over(intent), state: 'withdrawn' }
    : intent

/** The order was cancelled while this was running, and it had no effect. */
export const unlessCancelled = ({ cancelledAt }: OrderState, intent: Intent): Intent =>
  cancelledAt && effectCatalogue[intent.effect].stopsAt === 'cancelled' ? withdraw(intent) : intent

export const reopened = (intent: Intent): Intent =>
  intent.state === 'refused' || intent.state === 'withdrawn'
    ? { ...intent, state: 'pending' }
    : intent

/** What waited for an exception to clear, or was refused for a reason that has changed, is requested again now. */
export const woken = (intents: OrderState['intents'], at: Instant): OrderState['intents'] =>
  mapped(intents, (intent) =>
    intent.state === 'pending' || intent.state === 'refused' ? { ...intent, wakeAt: at } : intent,
  )

/** A refused effect may succeed with another document; for anything else a hint is already in flight. */
export const retried = (intents: OrderState['intents'], at: Instant): OrderState['intents'] =>
  mapped(intents, (intent) => {
    const { state, notBefore = '' } = intent
    const failed = state === 'refused' || (state === 'pending' && notBefore > at)
    return failed ? { ...intent, wakeAt: at } : intent
  })

/** What the system will have after this attempt, and what it has if an earlier attempt succeeded without an answer. */
export function attempted(
  intent: Intent,
  acknowledged: string | undefined,
  look: boolean,
): Partial<Intent> {
  if (acknowledged === undefined) return {}
  const earlier = look ? (intent.maybeAcknowledged ?? intent.acknowledged) : undefined
  return { acknowledged, ...(earlier !== undefined && { maybeAcknowledged: earlier }) }
}

/** It may still have an effect: waiting, running or in doubt. */
export const isOpen = ({ state }: Intent): boolean =>
  state === 'pending' || state === 'sent' || state === 'doubt'

/** It cannot have an effect any more. */
export const isOver = ({ state }: Intent): boolean => state === 'done' || state === 'withdrawn'
