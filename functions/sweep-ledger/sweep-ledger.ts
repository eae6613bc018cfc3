import { type LearnDeps, learn } from '../../domain/order/learn.ts'
import type { Clock, Deadlines } from '../../domain/ports.ts'

export interface SweepLedgerDeps extends LearnDeps {
  readonly deadlines: Deadlines
  readonly clock: Clock
  log(message: string, fields: { readonly count: number }): void
}

/** Finds whatever is past its deadline and tells the ledger that time has passed: nothing stays in limbo. */
export async function sweepLedger(deps: SweepLedgerDeps): Promise<void> {
  const at = deps.clock().toISOString()
  const due = await deps.deadlines.due(at)
  const told = await Promise.allSettled(
    due.map((id) => learn({ id }, { type: 'deadline', at }, deps)),
  )
  const failed = told.filter(({ status }) => status === 'rejected')
  deps.log('swept orders past a deadline', { count: due.length })
  if (failed.length > 0) throw new Error(`${failed.length} of ${due.length} orders were not swept`)
}
