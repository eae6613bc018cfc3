import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ExceptionCode, ExceptionOwner } from '../../schemas/events/exception.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { Blocks } from '../effects/catalogue.ts'
import { after } from '../order/time.ts'

interface Rule {
  readonly owner: ExceptionOwner
  /** Hours its owner has. */
  readonly hours: number
  readonly blocks: Blocks
}

/** The taxonomy. `docs/runbook.md` explains each code under its own name. */
export const exceptionRules: Readonly<Record<ExceptionCode, Rule>> = {
  'address-review': { owner: 'customer-service', hours: 24, blocks: 'release' },
  'already-fulfilled': { owner: 'commerce', hours: 24, blocks: 'nothing' },
  'amended-after-posting': { owner: 'customer-service', hours: 4, blocks: 'release' },
  'amended-after-release': { owner: 'warehouse', hours: 2, blocks: 'nothing' },
  backordered: { owner: 'commerce', hours: 72, blocks: 'nothing' },
  'cancel-at-channel': { owner: 'customer-service', hours: 4, blocks: 'nothing' },
  'cancelled-after-release': { owner: 'customer-service', hours: 2, blocks: 'nothing' },
  'channel-hold': { owner: 'commerce', hours: 48, blocks: 'release' },
  'channel-unavailable': { owner: 'platform', hours: 1, blocks: 'nothing' },
  'connection-halted': { owner: 'platform', hours: 1, blocks: 'nothing' },
  'dead-letter': { owner: 'platform', hours: 4, blocks: 'nothing' },
  'effect-refused': { owner: 'finance', hours: 8, blocks: 'nothing' },
  'fraud-review': { owner: 'customer-service', hours: 24, blocks: 'release' },
  'impossible-order': { owner: 'finance', hours: 8, blocks: 'all' },
  'in-doubt': { owner: 'platform', hours: 2, blocks: 'nothing' },
  'missing-address': { owner: 'customer-service', hours: 8, blocks: 'all' },
  'missing-sku': { owner: 'commerce', hours: 8, blocks: 'all' },
  'money-kept': { owner: 'finance', hours: 24, blocks: 'nothing' },
  'money-mismatch': { owner: 'finance', hours: 8, blocks: 'all' },
  'no-route': { owner: 'platform', hours: 4, blocks: 'all' },
  'on-hold': { owner: 'customer-service', hours: 48, blocks: 'all' },
  'order-not-found': { owner: 'commerce', hours: 24, blocks: 'nothing' },
  'over-shipped': { owner: 'warehouse', hours: 24, blocks: 'nothing' },
  overdue: { owner: 'platform', hours: 4, blocks: 'nothing' },
  'payment-pending': { owner: 'finance', hours: 72, blocks: 'release' },
  'pending-at-channel': { owner: 'commerce', hours: 72, blocks: 'all-but-acceptance' },
  'personal-data-gone': { owner: 'customer-service', hours: 24, blocks: 'nothing' },
  'refunded-without-return': { owner: 'customer-service', hours: 48, blocks: 'nothing' },
  'shipment-corrected': { owner: 'warehouse', hours: 24, blocks: 'nothing' },
  'shipped-before-change': { owner: 'customer-service', hours: 4, blocks: 'nothing' },
  'shipped-unreleased': { owner: 'warehouse', hours: 4, blocks: 'nothing' },
  'test-order': { owner: 'commerce', hours: 168, blocks: 'all' },
  'unknown-shipment-line': { owner: 'warehouse', hours: 24, blocks: 'nothing' },
  'unmapped-code': { owner: 'commerce', hours: 8, blocks: 'nothing' },
  'unreadable-payload': { owner: 'platform', hours: 4, blocks: 'nothing' },
  'warehouse-hold': { owner: 'warehouse', hours: 24, blocks: 'nothing' },
}

type Raised = Extract<OrderEvent, { readonly type: 'exception.raised' }>

interface Grounds {
  readonly at: Instant
  readonly reason: string
  readonly connection: ConnectionId
}

/** An exception with its owner and deadline from the taxonomy. */
export function raise(
  code: ExceptionCode,
  subject: string,
  { at, reason, connection }: Grounds,
): Raised {
  const { owner, hours } = exceptionRules[code]
  const deadline = after(at, hours * 3600)
  return { type: 'exception.raised', code, subject, connection, owner, reason, deadline }
}

/** Exceptions of one code are told apart by their subject, for example an intent or a shipment. */
export const exceptionKey = (code: string, subject: string): string =>
  subject === '' ? code : `${code}:${subject}`

/** Subject of a message that could not become a snapshot: its exception stands, whatever its code, until one comes. */
export const ofMessage = 'message'

/** A snapshot came after all, so what could not be read needs nobody. */
export const clearUnreadable = ({ exceptions }: OrderState): OrderEvent[] =>
  Object.values(exceptions)
    .filter(({ subject }) => subject === ofMessage)
    .map(({ code, subject }) => ({ type: 'exception.cleared', code, subject }))

/** Subject of a report that could not be taken: its exception stands until a report about the same can. */
export function ofReport(type: ReportType, parcel?: string): string {
  if (parcel !== undefined) return `shipped:${parcel}`
  return type === 'resumed' ? 'held' : type
}

type ReportType = 'shipped' | 'held' | 'resumed' | 'backordered' | 'answered'

/** A report about the same was taken. */
export const clearReport = ({ exceptions }: OrderState, about: string): OrderEvent[] =>
  Object.values(exceptions)
    .filter(({ code, subject }) => code === 'unreadable-payload' && subject === about)
    .map(({ code, subject }) => ({ type: 'exception.cleared', code, subject }))

/**
 * An exception that stands for the same reason keeps its age and its deadline. One that was resolved stays away, unless it is
 * about an effect: that has failed anew.
 */
export function unlessStanding(
  { exceptions, resolved, intents }: OrderState,
  raised: Raised,
): readonly Raised[] {
  const { subject, reason } = raised
  const key = exceptionKey(raised.code, subject)
  const stays = resolved[key] === reason && !(subject in intents)
  return exceptions[key]?.reason === reason || stays ? [] : [raised]
}
