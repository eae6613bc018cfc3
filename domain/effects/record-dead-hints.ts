import { recordFact } from '../order/record-fact.ts'
import type { PerformDeps } from './perform.ts'
import { readHints } from './read-hints.ts'

/** Tells the ledger that a lane's message went to the dead letters, and why, under each effect it was about. */
export async function recordDeadHints(
  body: string,
  reason: string,
  deps: PerformDeps,
): Promise<void> {
  const hints = readHints(body, deps.account.connection)
  for (const { orderId, intentId, connection, traceparent } of hints.ok ? hints.value : []) {
    const at = deps.clock().toISOString()
    const fact = { type: 'dead-letter', connection, subject: intentId, reason, at } as const
    await recordFact({ id: orderId, traceparent }, fact, deps)
  }
}
