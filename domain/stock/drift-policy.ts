import type { DriftPolicy } from '../../schemas/settings.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { driftOf } from './drift.ts'
import type { Count } from './row.ts'

interface Off {
  /** What should have been found. */
  readonly known: number
  readonly units: number
}

/** Whether so much drift is for a person to look at instead of being put right. */
export function isRaised(policy: DriftPolicy, { known, units }: Off): boolean {
  if (policy === 'correct') return false
  const { units: most, percent } = policy.raiseAbove
  if (most !== undefined && units > most) return true
  return percent !== undefined && units * 100 > percent * Math.max(0, known)
}

/** Whether a count is too far from what is known to be believed; what parcels on their way explain never is. */
export function isDoubted(policy: DriftPolicy, rows: readonly StockRow[], count: Count): boolean {
  const drift = driftOf(rows, count)
  if (!drift || drift.is === 'in-flight') return false
  const known = count.onHand + (drift.is === 'foreign' ? drift.units : -drift.units)
  return isRaised(policy, { known, units: drift.units })
}
