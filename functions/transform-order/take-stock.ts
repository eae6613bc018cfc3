import type { Reading } from '../../domain/plug.ts'
import type { Result } from '../../domain/result.ts'
import { ok } from '../../domain/result.ts'
import { applyCounts } from '../../domain/stock/counting.ts'
import { locationCalled } from '../../domain/stock/locations.ts'
import { applyMovements } from '../../domain/stock/movements.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { TransformOrderDeps } from './intake.ts'

/** What a system says of what lies at its own locations; fails in words when it speaks of another's. */
export async function takeStock(
  reading: Extract<Reading, { says: 'counted' | 'moved' }>,
  connection: ConnectionId,
  { stocked: { settings, ...deps } }: TransformOrderDeps,
): Promise<Result<undefined, string>> {
  const location = locationCalled(reading.location, { by: connection }, settings)
  if (!location.ok) return location
  if (reading.says === 'moved') {
    await applyMovements(location.value, reading.movements, deps)
  } else {
    const { at, sequence } = reading
    const counts = reading.counts.map((count) => ({
      at,
      ...(sequence !== undefined && { sequence }),
      ...count,
    }))
    await applyCounts(location.value, { counts }, deps)
  }
  return ok(undefined)
}
