import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionRules } from './exceptions.ts'

/**
 * When a worker may take this intent: never (`undefined`), or not before an instant ('' is now).
 * Effects on one order at one system go one after another, and a doubt that cannot be asked waits for a person.
 */
export function claimableFrom(state: OrderState, intentId: string): Instant | '' | undefined {
  const intent = state.intents[intentId]
  if (!intent) return undefined
  if (intent.state === 'done' || intent.state === 'refused' || intent.state === 'withdrawn') {
    return undefined
  }
  if (isParked(state, intent)) return undefined
  if (intent.state === 'doubt' && state.exceptions[`in-doubt:${intentId}`]) return undefined
  const others = Object.values(state.intents).filter(
    (other) => other !== intent && other.connection === intent.connection && other.state === 'sent',
  )
  const instants = [intent.notBefore, intent.leaseUntil, ...others.map((other) => other.leaseUntil)]
  return instants.reduce<Instant | ''>((latest, at) => (at && at > latest ? at : latest), '')
}

/** New commitments stop while a blocking exception stands; what already happened is still told onwards. */
export function isBlocked(state: OrderState, { effect }: Pick<Intent, 'effect'>): boolean {
  if (effect !== 'create-order' && effect !== 'release-order') return false
  if (state.cancelRequestedAt && effect === 'release-order') return true
  // An exception with a subject is about one effect or parcel: a refusal must not keep itself from being tried again.
  return Object.values(state.exceptions).some(
    ({ code, subject }) => subject === '' && exceptionRules[code].blocks,
  )
}

/** Waits for an exception to clear rather than for time to pass. */
export const isParked = (state: OrderState, intent: Intent): boolean =>
  (intent.state === 'pending' || intent.state === 'refused') && isBlocked(state, intent)
