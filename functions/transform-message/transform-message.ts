import type { Failure } from '../../domain/failure.ts'
import { Fault } from '../../domain/fault.ts'
import { after } from '../../domain/instant.ts'
import type { Fact } from '../../domain/order/facts.ts'
import type { Reading } from '../../domain/reading.ts'
import type { Result } from '../../domain/result.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { applyReadings, applyToLedger } from './apply/apply-readings.ts'
import { type Context, isNameless, subjectOf, type TransformMessageDeps } from './intake.ts'

export interface Transformed {
  readonly did: string
  readonly connection?: string
  readonly traceparent?: string
  readonly reason?: string
  readonly next?: string
}

/**
 * Turns one message of a channel or system into facts in the ledger. An unreadable message becomes an exception under
 * its order; one that must wait is requeued as a new message, so that its receive count does not grow.
 */
export async function transformMessage(
  body: string,
  deps: TransformMessageDeps,
): Promise<Transformed> {
  const opened = await deps.open(body)
  if (!opened.ok) throw new Fault(`not a Crossdock message: ${opened.error.reason}`)
  const { message, raw } = opened.value
  const { connection, traceparent } = message
  const fields = { connection, traceparent }

  const readings = opened.value.readings()
  if (readings.ok && raw.ok) await forgive(raw.value, message, deps)
  const failure = readings.ok
    ? await applyReadings(readings.value, message, deps)
    : await unreadable(readings.error, { message, raw, deps })
  if (!failure)
    return { did: readings.ok ? says(readings.value) : 'raised an exception', ...fields }

  await deps.again(
    JSON.stringify({ ...message, again: message.again + 1 }),
    delay(failure, message),
    connection,
  )
  return { did: 'requeued', ...fields, next: failure.next, reason: failure.reason }
}

/** Seconds: an earlier message cannot have been a dead letter meanwhile. */
const soonest = 60

/**
 * A redriven message clears its dead-letter exception: it is processed, or dies again. If it names its order, the
 * ledger clears it.
 */
async function forgive(
  raw: string,
  message: IntakeMessage,
  deps: TransformMessageDeps,
): Promise<void> {
  const { connection, receivedAt } = message
  const at = deps.clock().toISOString()
  if (at < after(receivedAt, soonest) || !isNameless(connection, raw, deps)) return
  await applyToLedger(subjectOf(connection, raw, deps), { type: 'found', at }, { message, deps })
}

const says = (readings: readonly Reading[]): string =>
  readings.map((reading) => reading.type).join(', ') || 'nothing'

/** Seconds: the failure's own delay, or 2, 4, 8 … up to 15 minutes. */
const delay = (failure: Failure, { again }: IntakeMessage): number =>
  Math.min(
    900,
    failure.next === 'wait' ? Math.max(1, failure.seconds) : 2 ** Math.min(again + 1, 10),
  )

interface Unread extends Context {
  readonly raw: Result<string, Failure>
}

/** Raises an exception under the order's id if the body has one, otherwise under the body's digest. */
async function unreadable(
  failure: Failure,
  { message, raw, deps }: Unread,
): Promise<Failure | undefined> {
  const { connection } = message
  const id = subjectOf(connection, raw.ok ? raw.value : message.body, deps)
  const code = failure.next === 'except' ? failure.code : 'unreadable-payload'
  const at = deps.clock().toISOString()
  const fact: Fact = { type: 'unreadable', connection, code, reason: failure.reason, at }
  return applyToLedger(id, fact, { message, deps })
}
