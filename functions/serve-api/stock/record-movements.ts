import { err, ok } from '../../../domain/result.ts'
import { isAhead } from '../../../domain/stock/is-future.ts'
import { locationCalled } from '../../../domain/stock/locations.ts'
import { applyMovements } from '../../../domain/stock/movements.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import { refusals } from '../once.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'
import { ahead, noSuchLocation, saidTwice, secondOf } from './record-counts.ts'

/** Applies movements, each once by its own id. */
export const recordMovements: Handle<typeof endpoints.takeMovements> = async (asked, deps) => {
  const { headers, body, by } = asked
  const { settings, ...moving } = deps.stocked
  const location = locationCalled(body.location, { by: 'anybody' }, settings)
  if (!location.ok) return err(noSuchLocation(location.error))
  const now = deps.clock().toISOString()
  const early = body.movements.findIndex(({ at }) => isAhead(at, now))
  if (early >= 0) return err(ahead(`#/movements/${early}/at`))
  const twice = secondOf(body.movements.map(({ id }) => id))
  if (twice >= 0) {
    return err(saidTwice(`#/movements/${twice}/id`, 'give every movement its own id'))
  }
  const key = ['movements', by, headers['idempotency-key']]
  const done = await deps.once({ key, body }, async () =>
    applyMovements(location.value, body.movements, moving),
  )
  if (!done.ok) return err(refusals[done.error])
  const { contradicted, ...taken } = done.value
  if (contradicted.length > 0) return err(contradiction(contradicted, body.movements.length))
  return ok({ location: body.location, ...taken })
}

const contradiction = (contradicted: readonly number[], all: number): Refusal => ({
  problem: problem(
    'id-reused',
    `${contradicted.length} of ${all} movements were ignored; the others were applied.`,
    contradicted.slice(0, 50).map((n) => ({
      pointer: `#/movements/${n}/id`,
      detail: 'was reported before with another kind, quantity or article',
      fix: 'use a new id for each movement; to correct a movement, report an adjustment',
    })),
  ),
})
