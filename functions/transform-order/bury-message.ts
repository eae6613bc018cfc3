import { ofMessage } from '../../domain/order/exceptions.ts'
import { learn } from '../../domain/order/learn.ts'
import { parse } from '../../domain/parse.ts'
import { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { subjectOf, type TransformOrderDeps } from './intake.ts'

/** Tells the ledger that a message went to the dead letters, and why, under the order it is about. */
export async function buryMessage(
  body: string,
  reason: string,
  deps: TransformOrderDeps,
): Promise<void> {
  const message = parse(IntakeMessage, body)
  if (!message.ok) return
  const { connection, traceparent } = message.value
  const raw = await deps.unzip(message.value.body)
  const id = subjectOf(connection, raw.ok ? raw.value : message.value.body, deps)
  const at = deps.clock().toISOString()
  await learn(
    { id, traceparent },
    { type: 'dead-letter', connection, subject: ofMessage, reason, at },
    deps,
  )
}
