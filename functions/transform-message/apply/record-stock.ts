import type { Reading } from '../../../domain/reading.ts'
import type { Result } from '../../../domain/result.ts'
import { err, ok } from '../../../domain/result.ts'
import { applyCounts } from '../../../domain/stock/counting.ts'
import { isAhead } from '../../../domain/stock/is-future.ts'
import { locationCalled } from '../../../domain/stock/locations.ts'
import { applyMovements } from '../../../domain/stock/movements.ts'
import type { IntakeMessage } from '../../../schemas/messages/intake-message.ts'
import type { TransformMessageDeps } from '../intake.ts'

/** Records a system's counts and movements at its own locations; fails with a text if it names another location. */
export async function recordStock(
  reading: Extract<Reading, { type: 'counted' | 'moved' }>,
  { connection, receivedAt }: Pick<IntakeMessage, 'connection' | 'receivedAt'>,
  { stocked: { settings, ...deps } }: TransformMessageDeps,
): Promise<Result<undefined, string>> {
  const moments =
    reading.type === 'moved'
      ? reading.movements.map(({ at }, n) => [`movements.${n}.at`, at] as const)
      : [['at', reading.at] as const]
  const early = moments.find(([, at]) => isAhead(at, receivedAt))
  if (early) return err(`${early.join(': ')} is in the future; write when it happened`)
  const location = locationCalled(reading.location, { by: connection }, settings)
  if (!location.ok) return err(`${location.error.detail}; ${location.error.fix}`)
  if (reading.type === 'moved') {
    const { contradicted } = await applyMovements(location.value, reading.movements, deps)
    if (contradicted.length > 0) {
      const names = contradicted.slice(0, 20).map((n) => `movements.${n}.id`)
      const why = 'was reported before with another kind, quantity or article, and was ignored'
      return err(`${names.join(', ')}: ${why}; use a new id for each movement`)
    }
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
