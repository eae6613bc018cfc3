import { type LearnDeps, learn } from '../../domain/order/learn.ts'
import type { Clock, Deadlines } from '../../domain/ports.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ExceptionOwner } from '../../schemas/events/exception.ts'

export interface SweepLedgerDeps extends LearnDeps {
  readonly deadlines: Deadlines
  /** Orders on each owner's desk whose most urgent exception is past its deadline. */
  overdue(now: Instant): Promise<ReadonlyMap<ExceptionOwner, number>>
  /** Rings for an owner who let a deadline pass, as long as it is so. */
  escalate(owner: ExceptionOwner, orders: number): void
  readonly clock: Clock
  log(message: string, fields: { readonly count: number }): void
}

/**
 * Finds whatever is past its deadline and tells the ledger that time has passed: nothing stays in limbo. What people
 * have left past theirs, it escalates.
 */
export async function sweepLedger(deps: SweepLedgerDeps): Promise<void> {
  const at = deps.clock().toISOString()
  const due = await deps.deadlines.due(at)
  const told = await Promise.allSettled(
    due.map((id) => learn({ id }, { type: 'deadline', at }, deps)),
  )
  const failed = told.filter(({ status }) => status === 'rejected')
  deps.log('swept orders past a deadline', { count: due.length })
  // After what was due: time that passed may just have cleared it.
  for (const [owner, orders] of await deps.overdue(at)) {
    if (orders > 0) deps.escalate(owner, orders)
  }
  if (failed.length > 0) throw new Error(`${failed.length} of ${due.length} orders were not swept`)
}
