import { crashOf, Fault } from '../../domain/fault.ts'
import { type RecordFactDeps, recordFact } from '../../domain/order/record-fact.ts'
import type { Clock, Deadlines } from '../../domain/ports.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ExceptionOwner } from '../../schemas/events/exception.ts'

export interface SweepLedgerDeps extends RecordFactDeps {
  readonly deadlines: Deadlines
  /** Orders by owner whose most urgent exception is overdue. */
  overdue(now: Instant): Promise<ReadonlyMap<ExceptionOwner, number>>
  /** Raises the owner's alarm while a deadline is missed. */
  escalate(owner: ExceptionOwner, orders: number): void
  readonly clock: Clock
  log(message: string, fields: { readonly count: number }): void
}

/** Milliseconds after which no more orders are started; a run may take thirty seconds. */
const enough = 20_000

/**
 * Finds overdue orders and records that their deadline passed, so that nothing stays stuck. Escalates overdue
 * exceptions to their owners.
 */
export async function sweepLedger(deps: SweepLedgerDeps): Promise<void> {
  const began = deps.clock().getTime()
  const swept = new Set<OrderId>()
  const crashes: string[] = []
  // The index returns one page at a time, and briefly also orders that were just processed.
  for (let left = await dueNow(swept, deps); left.length > 0; left = await dueNow(swept, deps)) {
    for (const id of left) swept.add(id)
    crashes.push(...(await tell(left, deps)))
    if (deps.clock().getTime() - began >= enough) break
  }
  deps.log('swept overdue orders', { count: swept.size })
  // After the due orders, whose processing may have cleared some.
  for (const [owner, orders] of await deps.overdue(deps.clock().toISOString())) {
    if (orders > 0) deps.escalate(owner, orders)
  }
  const [first] = crashes
  if (first === undefined) return
  throw new Fault(`${crashes.length} of ${swept.size} orders failed; the first: ${first}`)
}

async function dueNow(
  swept: ReadonlySet<OrderId>,
  { deadlines, clock }: SweepLedgerDeps,
): Promise<readonly OrderId[]> {
  const due = await deadlines.due(clock().toISOString())
  return [...new Set(due)].filter((id) => !swept.has(id))
}

/** Returns the crashes of orders that failed. */
async function tell(ids: readonly OrderId[], deps: SweepLedgerDeps): Promise<readonly string[]> {
  const at = deps.clock().toISOString()
  const told = await Promise.allSettled(
    ids.map((id) => recordFact({ id }, { type: 'deadline', at }, deps)),
  )
  return told.flatMap((one) => (one.status === 'rejected' ? crashOf(one.reason) : []))
}
