import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionKey } from '../exceptions/raise.ts'
import { remedyOf } from '../exceptions/remedies.ts'
import { ok } from '../result.ts'
import { blockersOf, isBlocked } from './claims.ts'
import { type Executed, impossible } from './executed.ts'

/** Requests refused or waiting effects now: one, or all. */
export function retry(state: OrderState, intentId?: string): Executed {
  const ids = Object.keys(state.intents).filter((id) => intentId === undefined || id === intentId)
  const refusals = ids.map((id) => whyNot(state, id))
  const ready = ids.filter((_, i) => refusals[i] === undefined)
  if (ready.length > 0) return ok(ready.map((id) => ({ type: 'effect.woken', intentId: id })))

  const [first] = refusals.filter((one) => one?.isOpen).concat(refusals)
  const { reason, fix } = first ?? notAsked(state)
  return impossible(intentId === undefined ? 'do' : 'intentId', reason, fix)
}

interface Refusal {
  readonly reason: string
  readonly fix: string
  /** It may still have an effect. */
  readonly isOpen: boolean
}

function whyNot(state: OrderState, id: string): Refusal | undefined {
  const intent = state.intents[id]
  if (!intent) return undefined
  const { notBefore, leaseUntil, reference } = intent
  switch (intent.state) {
    case 'pending':
    case 'refused':
      return isBlocked(state, intent) ? blocked(state, id, intent) : undefined
    case 'sent':
      return {
        reason: `${id} is running`,
        fix: `wait for its answer, or until ${leaseUntil}: then Crossdock looks it up and tries again`,
        isOpen: true,
      }
    case 'doubt':
      return {
        reason: `it is not known yet whether ${id} was done`,
        fix: state.exceptions[exceptionKey('in-doubt', id)]
          ? 'look in the system and give answer'
          : `Crossdock looks it up after ${notBefore}; give answer if you know`,
        isOpen: true,
      }
    case 'done':
      return {
        reason: `${id} is done${reference ? ` as ${reference.number ?? reference.id}` : ''}`,
        fix: 'nothing needs a retry',
        isOpen: false,
      }
    case 'withdrawn':
      return {
        reason: `${id} was withdrawn: the order no longer needs it`,
        fix: 'nothing needs a retry',
        isOpen: false,
      }
  }
}

function blocked(state: OrderState, id: string, intent: Intent): Refusal {
  const blockers = blockersOf(state, intent)
  if (blockers.length > 0) return waiting(state, id, blockers)
  return {
    reason: `${id} waits: the order is cancelled or being cancelled`,
    fix: 'nothing needs a retry',
    isOpen: true,
  }
}

/** The order has no effects. */
function notAsked(state: OrderState): Refusal {
  const blockers = blockersOf(state, { effect: 'create-order' })
  if (blockers.length > 0) return waiting(state, 'create-order', blockers)
  return {
    reason: 'the order has no effects yet',
    fix: 'wait until the order has effects',
    isOpen: true,
  }
}

function waiting(
  state: OrderState,
  id: string,
  blockers: readonly OrderState['exceptions'][string][],
): Refusal {
  const names = blockers.map(({ code, subject }) => exceptionKey(code, subject)).join(', ')
  const [first] = blockers
  const { clears, commands } = first ? remedyOf(state, first) : { clears: '', commands: [] }
  return {
    reason: `${id} waits for the exception ${names}`,
    fix: `end that first, for example with ${commands.join(' or ')}. ${clears}`,
    isOpen: true,
  }
}
