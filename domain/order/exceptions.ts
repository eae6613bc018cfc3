import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ExceptionCode, ExceptionOwner } from '../../schemas/events/exception.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { after } from './time.ts'

interface Rule {
  readonly owner: ExceptionOwner
  /** Hours its owner has. */
  readonly hours: number
  /** Nothing new is posted or released while it stands. */
  readonly blocks: boolean
}

/** The taxonomy. `docs/runbook.md` explains each code under its own name. */
export const exceptionRules: Readonly<Record<ExceptionCode, Rule>> = {
  'already-fulfilled': { owner: 'commerce', hours: 24, blocks: true },
  'amended-after-posting': { owner: 'customer-service', hours: 4, blocks: true },
  'cancelled-after-release': { owner: 'customer-service', hours: 2, blocks: false },
  'channel-unavailable': { owner: 'platform', hours: 1, blocks: false },
  'connection-halted': { owner: 'platform', hours: 1, blocks: false },
  'dead-letter': { owner: 'platform', hours: 4, blocks: false },
  'effect-refused': { owner: 'finance', hours: 8, blocks: false },
  'in-doubt': { owner: 'platform', hours: 2, blocks: false },
  'missing-address': { owner: 'customer-service', hours: 8, blocks: true },
  'missing-sku': { owner: 'commerce', hours: 8, blocks: true },
  'money-mismatch': { owner: 'finance', hours: 8, blocks: true },
  'no-route': { owner: 'platform', hours: 4, blocks: true },
  'order-not-found': { owner: 'commerce', hours: 24, blocks: false },
  'over-shipped': { owner: 'warehouse', hours: 24, blocks: false },
  overdue: { owner: 'platform', hours: 4, blocks: false },
  'test-order': { owner: 'commerce', hours: 168, blocks: true },
  'unknown-shipment-line': { owner: 'warehouse', hours: 24, blocks: false },
  'unreadable-payload': { owner: 'platform', hours: 4, blocks: false },
  'warehouse-hold': { owner: 'warehouse', hours: 24, blocks: false },
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

/** An exception that stands for the same reason keeps its age and its deadline. */
export const unlessStanding = ({ exceptions }: OrderState, raised: Raised): readonly Raised[] =>
  exceptions[exceptionKey(raised.code, raised.subject)]?.reason === raised.reason ? [] : [raised]
