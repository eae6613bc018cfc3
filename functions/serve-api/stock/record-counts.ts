import type { Invalid } from '../../../domain/invalid.ts'
import { err, ok } from '../../../domain/result.ts'
import { applyCounts } from '../../../domain/stock/counting.ts'
import { isAhead } from '../../../domain/stock/is-future.ts'
import { locationCalled } from '../../../domain/stock/locations.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import { refusals } from '../once.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'

/** Applies counts, once per key; older counts than known change nothing. */
export const recordCounts: Handle<typeof endpoints.takeCounts> = async (asked, deps) => {
  const { headers, body, by } = asked
  const { settings, ...counting } = deps.stocked
  const location = locationCalled(body.location, { by: 'anybody' }, settings)
  if (!location.ok) return err(noSuchLocation(location.error))
  if (isAhead(body.at, deps.clock().toISOString())) return err(ahead('#/at'))
  const twice = secondOf(body.counts.map(({ sku }) => sku))
  if (twice >= 0) return err(saidTwice(`#/counts/${twice}/sku`, 'count each article once'))

  const key = ['counts', by, headers['idempotency-key']]
  const done = await deps.once({ key, body }, async () => {
    const { at, sequence } = body
    const counts = body.counts.map((count) => ({
      at,
      ...(sequence !== undefined && { sequence }),
      ...count,
    }))
    const outcomes = await applyCounts(location.value, { counts }, counting)
    const number = (is: (typeof outcomes)[number]['is']) =>
      outcomes.filter((outcome) => outcome.is === is).length
    return { location: body.location, changed: number('changed'), stale: number('stale') }
  })
  return done.ok ? ok(done.value) : err(refusals[done.error])
}

export const noSuchLocation = (invalid: Invalid): Refusal => ({
  problem: problem('bad-request', 'There is no such location.', [
    { pointer: '#/location', ...invalid },
  ]),
})

export const ahead = (pointer: string): Refusal => ({
  problem: problem('bad-request', '"at" is in the future.', [
    { pointer, detail: 'is in the future', fix: 'write when it happened, and check the clock' },
  ]),
})

export const saidTwice = (pointer: string, fix: string): Refusal => ({
  problem: problem('bad-request', 'The request contains a duplicate.', [
    { pointer, detail: 'is a duplicate', fix },
  ]),
})

/** Index of the first duplicate, or -1. */
export const secondOf = (all: readonly string[]): number =>
  all.findIndex((one, at) => all.indexOf(one) < at)
