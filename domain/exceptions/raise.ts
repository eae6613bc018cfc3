import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { after } from '../instant.ts'
import { exceptionCatalogue } from './catalogue.ts'

type Raised = Extract<OrderEvent, { readonly type: 'exception.raised' }>

interface Grounds {
  readonly at: Instant
  readonly reason: string
  readonly connection: ConnectionId
}

/** An exception with the owner and deadline from the catalogue. */
export function raise(
  code: ExceptionCode,
  subject: string,
  { at, reason, connection }: Grounds,
): Raised {
  const { owner, hours } = exceptionCatalogue[code].desk
  const deadline = after(at, hours * 3600)
  return { type: 'exception.raised', code, subject, connection, owner, reason, deadline }
}

/** Identifies an exception by code and subject, for example an intent or a shipment. */
export const exceptionKey = (code: string, subject: string): string =>
  subject === '' ? code : `${code}:${subject}`

/** Subject for a message that could not be read: the exception stays open, whatever its code, until a message can be. */
export const ofMessage = 'message'

/** A snapshot arrived, so unreadable messages before it no longer matter. */
export const clearUnreadable = ({ exceptions }: OrderState): OrderEvent[] =>
  Object.values(exceptions)
    .filter(({ subject }) => subject === ofMessage)
    .map(({ code, subject }) => ({ type: 'exception.cleared', code, subject }))

/**
 * A message from before the exception was processed, for example after a redrive, and brought nothing new. If it was not
 * the dead letter, that one is redriven too, and raises the exception again if it fails again.
 */
export const clearDeadMessage = ({ exceptions }: OrderState, receivedAt: Instant): OrderEvent[] =>
  Object.values(exceptions)
    .filter(({ code, subject }) => code === 'dead-letter' && subject === ofMessage)
    .filter(({ raisedAt }) => receivedAt <= raisedAt)
    .map(({ code, subject }) => ({ type: 'exception.cleared', code, subject }))

/** Subject for a report that could not be processed: the exception stays open until a report about the same can be. */
export function ofReport(type: ReportType, parcel?: string): string {
  if (parcel !== undefined) return `shipped:${parcel}`
  return type === 'resumed' ? 'held' : type
}

type ReportType = 'shipped' | 'held' | 'resumed' | 'backordered' | 'answered'

/** A report about the same subject was processed. */
export const clearReport = ({ exceptions }: OrderState, about: string): OrderEvent[] =>
  Object.values(exceptions)
    .filter(({ code, subject }) => code === 'unreadable-payload' && subject === about)
    .map(({ code, subject }) => ({ type: 'exception.cleared', code, subject }))

/**
 * Raises it unless it is already open for the same reason, which keeps its age and deadline, or was resolved. An
 * exception about an effect returns after it was resolved, because the effect failed again.
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
