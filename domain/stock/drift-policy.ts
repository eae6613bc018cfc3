import type { DriftPolicy } from '../../schemas/settings.ts'
import { driftOf, type Found } from './drift.ts'

interface Off {
  /** The expected number. */
  readonly known: number
  readonly units: number
}

/** Whether a drift is raised to a person instead of corrected. */
export function isRaised(policy: DriftPolicy, { known, units }: Off): boolean {
  if (policy === 'correct') return false
  const { units: most, percent } = policy.raiseAbove
  if (most !== undefined && units > most) return true
  return percent !== undefined && units * 100 > percent * Math.max(0, known)
}

/** Whether a count is too far off to be applied; differences explained by parcels in flight never are. */
export function isDoubted(policy: DriftPolicy, found: Found): boolean {
  const drift = driftOf(found)
  if (!drift || drift.is === 'in-flight') return false
  const known = found.count.onHand + (drift.is === 'foreign' ? drift.units : -drift.units)
  return isRaised(policy, { known, units: drift.units })
}
