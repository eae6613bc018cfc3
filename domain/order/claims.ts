import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionRules } from './exceptions.ts'

/**
 * When a worker may take this intent: never (`undefined`), or not before an instant ('' is now).
 * A doubt that cannot be asked waits for a person.
 */
export function claimableFrom(state: OrderState, intentId: string): Instant | '' | undefined {
  const intent = state.intents[intentId]
  if (!intent) return undefined
  if (intent.state === 'done' || intent.state === 'refused' || intent.state === 'withdrawn') {
    return undefined
  }
  if (isParked(state, intent)) return undefined
  if (intent.state === 'doubt' && state.exceptions[`in-doubt:${intentId}`]) return undefined
  const { notBefore = '', leaseUntil = '' } = intent
  if (notBefore > leaseUntil) return notBefore
  return leaseUntil
}

/** Effects on one order at one system go one after another: another one is under way. */
export function isQueued(state: OrderState, intentId: string, at: Instant): boolean {
  const connection = state.intents[intentId]?.connection
  return Object.entries(state.intents).some(
    ([id, other]) =>
      id !== intentId &&
      other.connection === connection &&
      other.state === 'sent' &&
      (other.leaseUntil ?? '') > at,
  )
}

/** New commitments stop while a blocking exception stands; what already happened is still told onwards. */
export function isBlocked(state: OrderState, { effect }: Pick<Intent, 'effect'>): boolean {
  if (effect !== 'create-order' && effect !== 'release-order') return false
  if (state.cancelledAt || (state.cancelRequestedAt && effect === 'release-order')) return true
  // An exception with a subject is about one effect or parcel: a refusal must not keep itself from being tried again.
  return Object.values(state.exceptions).some(
    ({ code, subject }) => subject === '' && exceptionRules[code].blocks,
  )
}

/** Waits for an exception to clear rather than for time to pass. */
export const isParked = (state: OrderState, intent: Intent): boolean =>
  (intent.state === 'pending' || intent.state === 'refused') && isBlocked(state, intent)
