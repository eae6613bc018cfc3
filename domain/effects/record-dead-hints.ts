import type { PerformDeps } from './perform.ts'
import { readHints } from './read-hints.ts'

/** Tells the ledger that a lane's message went to the dead letters, and why, under each effect it was about. */
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
