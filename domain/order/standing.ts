import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { Exception, OrderState } from '../../schemas/stored/order-state.ts'
import { ofMessage, raise, unlessStanding } from './exceptions.ts'
import { hasLeft, intentFor, mayHaveHappened } from './state.ts'

/** Raises what the state warrants and clears what it no longer does. */
export function standingExceptions(state: OrderState, at: Instant): readonly OrderEvent[] {
  const warranted = state.cancelledAt
    ? state.problems.filter(({ code }) => code === 'amended-after-posting')
    : [...state.problems, ...amendment(state)]
  const raised = warranted
    .map(({ code, reason }) => raise(code, '', { at, reason, connection: state.connection }))
    .flatMap((raised) => unlessStanding(state, raised))
  const codes = new Set<string>(warranted.map(({ code }) => code))
  const cleared = Object.values(state.exceptions)
    .filter((exception) => !stands(state, exception, codes))
    .map(({ code, subject }): OrderEvent => ({ type: 'exception.cleared', code, subject }))
  return [...cleared, ...raised]
}

/** Codes that follow from the latest snapshot and go when it changes. */
const fromSnapshot: ReadonlySet<string> = new Set([
  'already-fulfilled',
  'amended-after-posting',
  'missing-address',
  'missing-sku',
  'money-mismatch',
  'no-route',
  'test-order',
])

const mayNoLongerHappen: ReadonlySet<string> = new Set(['create-order', 'release-order'])

type About = Pick<Exception, 'code' | 'subject'>

/** Whether an exception would outlast the commit that raises it. */
export const canStand = (state: OrderState, about: About): boolean =>
  stands(state, about, new Set(state.problems.map(({ code }) => code)))

function stands(
  state: OrderState,
  { code, subject }: About,
  warranted: ReadonlySet<string>,
): boolean {
  const intent = state.intents[subject]
  if (subject === ofMessage) return true
  if (code === 'overdue') return state.stages[subject]?.closed === false
  if (code === 'warehouse-hold') return !hasLeft(state)
  if (code === 'in-doubt') return intent?.state === 'doubt'
  if (code === 'connection-halted')
    return intent?.state === 'pending' || intent?.state === 'doubt' || intent?.state === 'sent'
  if (subject === '' && fromSnapshot.has(code)) return warranted.has(code)
  if (state.cancelledAt && mayNoLongerHappen.has(subject)) return false
  if (code === 'unknown-shipment-line' && subject.startsWith('shipped:')) {
    return subject in state.kept
  }
  if (subject in state.intents) return intent?.state !== 'done' && intent?.state !== 'withdrawn'
  return code !== 'effect-refused'
}

/** The channel's order no longer is what the ERP was given. */
function amendment(state: OrderState) {
  const { seen } = state
  const posting = intentFor(state, 'create-order')
  if (!seen || seen.digest === seen.posted || state.cancelRequestedAt) return []
  if (!mayHaveHappened(posting)) return []
  const number = posting?.reference?.number
  return [
    {
      code: 'amended-after-posting' as const,
      reason: `the order changed at the channel after it was posted${number ? ` as ${number}` : ''}; compare version ${seen.version} with the ERP`,
    },
  ]
}
