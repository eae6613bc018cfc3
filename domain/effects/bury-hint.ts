import { learn } from '../order/learn.ts'
import type { PerformDeps } from './perform.ts'
import { readHint } from './read-hint.ts'

/** Tells the ledger that a lane's message went to the dead letters, and why, under the effect it was about. */
export async function buryHint(body: string, reason: string, deps: PerformDeps): Promise<void> {
  const hint = readHint(body, deps.account.connection)
  if (!hint.ok) return
  const { orderId, intentId, connection, traceparent } = hint.value
  const at = deps.clock().toISOString()
  const fact = { type: 'dead-letter', connection, subject: intentId, reason, at } as const
  await learn({ id: orderId, traceparent }, fact, deps)
}
