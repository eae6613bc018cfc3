import { type Command, hasTwoWays } from '../../schemas/api/command.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionKey } from '../exceptions/raise.ts'
import { remedyOf } from '../exceptions/remedies.ts'
import { ok } from '../result.ts'
import { type Executed, impossible, unchanged } from './executed.ts'
import { warehouseHolds } from './state.ts'

/**
 * Ends an exception that a person dealt with, if the order can then continue or is done. What waited for it is
 * requested now; `docs/runbook.md` states the effect for each code.
 */
export function resolveException(
  state: OrderState,
  { code, subject, resolution, note }: Extract<Command, { readonly do: 'resolve' }>,
): Executed {
  const key = exceptionKey(code, subject)
  const standing = state.exceptions[key]
  if (!standing) {
    const keys = Object.keys(state.exceptions).join(', ') || '(none)'
    return key in state.resolved
      ? unchanged(`${key} was already resolved`)
      : impossible('code', `the order has no exception ${key}`, `open exceptions: ${keys}`)
  }
  const { clears, commands } = remedyOf(state, standing)
  if (!commands.includes('resolve')) {
    const instead = commands.length > 0 ? `give ${commands.join(' or ')}. ` : ''
    return impossible('code', `${key} cannot be resolved`, `${instead}${clears}`)
  }
  if (hasTwoWays(code, subject) && resolution === undefined) {
    return impossible('resolution', 'the order is either posted or not', 'write post or cancel')
  }
  const { reason } = standing
  const resolved = { type: 'exception.resolved', code, subject, reason } as const
  if (hasTwoWays(code, subject) && state.intents[subject]?.state === 'refused') {
    return ok([resolved, { type: 'effect.woken', intentId: subject }])
  }
  // The channel has cancelled it, and the warehouse will not ship it.
  return code === 'cancelled-after-release' && warehouseHolds(state)
    ? ok([resolved, { type: 'order.cancelled', reason: state.cancelReason ?? note }])
    : ok([resolved])
}
