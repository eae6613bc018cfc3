import type { PerformDeps } from './perform.ts'
import { readHints } from './read-hints.ts'

/** Records in the ledger, under each of its effects, that a lane's message became a dead letter, and why. */
export async function recordDeadHints(
  body: string,
  reason: string,
  deps: PerformDeps,
): Promise<void> {
  const hints = readHints(body, deps.account.connection)
  for (const hint of hints.ok ? hints.value : []) {
    const { connection, intentId: subject } = hint
    const at = deps.clock().toISOString()
    await deps.aggregate.record(hint, { type: 'dead-letter', connection, subject, reason, at })
  }
}
