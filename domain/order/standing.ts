import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { Exception, OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionCatalogue, isWanted } from '../exceptions/catalogue.ts'
import { exceptionKey, ofMessage, raise, unlessStanding } from '../exceptions/raise.ts'
import type { Policy } from './policy.ts'
import { isWarranted, warrantedBy } from './warranted.ts'

/** Raises the exceptions that the state warrants and clears the others. */
export function standingExceptions(
  state: OrderState,
  at: Instant,
  policy: Policy,
): readonly OrderEvent[] {
  const warranted = warrantedBy(state, policy)
  const raised = warranted
    .map(({ code, subject, reason, connection = state.connection }) =>
      raise(code, subject, { at, reason, connection }),
    )
    .flatMap((raised) => unlessStanding(state, raised))
  const keys = new Set(warranted.map(({ code, subject }) => exceptionKey(code, subject)))
  const cleared = Object.values(state.exceptions)
    .filter((exception) => !stands(state, exception, keys))
    .map(({ code, subject }): OrderEvent => ({ type: 'exception.cleared', code, subject }))
  return [...cleared, ...raised, ...unexplained(state, keys, at)]
}

/** As long as a system refuses an effect, it has an exception, whatever ended the earlier one. */
function unexplained(
  { intents, exceptions, ...rest }: OrderState,
  warranted: ReadonlySet<string>,
  at: Instant,
): readonly OrderEvent[] {
  const state = { intents, exceptions, ...rest }
  const named = Object.values(exceptions)
    .filter((exception) => stands(state, exception, warranted))
    .map(({ subject }) => subject)
  return Object.entries(intents)
    .filter(([id, intent]) => intent.state === 'refused' && !named.includes(id))
    .map(([id, { connection, trouble = 'the system refused it' }]) =>
      raise('effect-refused', id, { at, reason: trouble, connection }),
    )
}

type About = Pick<Exception, 'code' | 'subject'>

/** Whether an exception would outlast the commit that raises it. */
export const canStand = (state: OrderState, about: About): boolean =>
  stands(state, about, new Set(state.problems.map(({ code }) => code)))

function stands(state: OrderState, about: About, warranted: ReadonlySet<string>): boolean {
  const { code, subject } = about
  if (subject === ofMessage) return true
  if (isWarranted(about)) return warranted.has(exceptionKey(code, subject))
  const { stands = isWanted } = exceptionCatalogue[code]
  return stands({ state, subject, intent: state.intents[subject] })
}
