import { ofMessage } from '../../domain/exceptions/raise.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { subjectOf, type TransformMessageDeps } from './intake.ts'

/** Records in the ledger that a message became a dead letter, and why, under its order. */
export async function recordDeadLetter(
  body: string,
  reason: string,
  deps: TransformMessageDeps,
): Promise<void> {
  const opened = await deps.open(body)
  if (!opened.ok) return
  const { message, raw } = opened.value
  const { connection, traceparent } = message
  const id = subjectOf(connection, raw.ok ? raw.value : message.body, deps)
  const at = deps.clock().toISOString()
  await recordFact(
    { id, traceparent },
    { type: 'dead-letter', connection, subject: ofMessage, reason, at },
    deps,
  )
}
