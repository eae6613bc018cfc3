import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Exception, Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { type EffectRow, effectCatalogue } from '../effects/catalogue.ts'
import { exceptionCatalogue } from '../exceptions/catalogue.ts'

/**
 * When a worker may claim this intent: never (`undefined`), now (''), or from an instant. An intent in doubt at a
 * system that cannot be searched waits for a person.
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

/** When the next hint for this intent arrives: as `claimableFrom`, or later if a hint waits behind the breaker. */
export function awaitedUntil(state: OrderState, intentId: string): Instant | '' | undefined {
  const from = claimableFrom(state, intentId)
  const { awaitedUntil: until = '' } = state.intents[intentId] ?? {}
  return from !== undefined && until > from ? until : from
}

/** Another effect on this order is running at the same system; they run one after another. */
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

/** No new commitments are made while a blocking exception is open, or when the order is about to end. */
export function isBlocked(state: OrderState, { effect }: Pick<Intent, 'effect'>): boolean {
  const { stopsAt } = effectCatalogue[effect]
  if (stopsAt && state.cancelledAt) return true
  if (stopsAt === 'cancel-requested' && state.cancelRequestedAt) return true
  return blockersOf(state, { effect }).length > 0
}

/** The exceptions that an effect waits for. */
export const blockersOf = (
  { exceptions }: Pick<OrderState, 'exceptions'>,
  { effect }: Pick<Intent, 'effect'>,
): readonly Exception[] =>
  Object.values(exceptions).filter((exception) => keepsFrom(exception, effectCatalogue[effect]))

function keepsFrom({ code, subject }: Exception, { waitsFor = [], system }: EffectRow): boolean {
  const { blocks } = exceptionCatalogue[code]
  if (subject === '') return blocks !== undefined && waitsFor.includes(blocks)
  // A mismatch at the ERP blocks the release, but not the correction at the ERP.
  return subject === 'erp' && system === 'wms' && waitsFor.length > 0
}

/** Waits for an exception to clear, not for time to pass. */
export const isParked = (state: OrderState, intent: Intent): boolean =>
  (intent.state === 'pending' || intent.state === 'refused') && isBlocked(state, intent)
