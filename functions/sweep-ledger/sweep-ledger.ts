import { crashOf, Fault } from '../../domain/fault.ts'
import { type RecordFactDeps, recordFact } from '../../domain/order/record-fact.ts'
import type { Clock, Deadlines } from '../../domain/ports.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { ExceptionOwner } from '../../schemas/events/exception.ts'

export interface SweepLedgerDeps extends RecordFactDeps {
  readonly deadlines: Deadlines
  /** Orders on each owner's desk whose most urgent exception is past its deadline. */
  overdue(now: Instant): Promise<ReadonlyMap<ExceptionOwner, number>>
  /** Rings for an owner who let a deadline pass, as long as it is so. */
  escalate(owner: ExceptionOwner, orders: number): void
  readonly clock: Clock
  log(message: string, fields: { readonly count: number }): void
}

/** Milliseconds after which a run begins with no more orders: it may take thirty seconds. */
const enough = 20_000

/**
 * Finds whatever is past its deadline and tells the ledger that time has passed: nothing stays in limbo. What people
 * have left past theirs, it escalates.
 */
export async function sweepLedger(deps: SweepLedgerDeps): Promise<void> {
  const began = deps.clock().getTime()
  const swept = new Set<OrderId>()
  const crashes: string[] = []
  // An index shows some at a time, and for a moment those that were told already.
  for (let left = await dueNow(swept, deps); left.length > 0; left = await dueNow(swept, deps)) {
    for (const id of left) swept.add(id)
    crashes.push(...(await tell(left, deps)))
    if (deps.clock().getTime() - began >= enough) break
  }
  deps.log('swept overdue orders', { count: swept.size })
  // After what was due: time that passed may just have cleared it.
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

/** What happened where one of them could not be told. */
async function tell(ids: readonly OrderId[], deps: SweepLedgerDeps): Promise<readonly string[]> {
  const at = deps.clock().toISOString()
  const told = await Promise.allSettled(
    ids.map((id) => recordFact({ id }, { type: 'deadline', at }, deps)),
  )
  return told.flatMap((one) => (one.status === 'rejected' ? crashOf(one.reason) : []))
}
