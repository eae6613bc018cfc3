import type { Instant } from '../../schemas/canonical/instant.ts'

/** A clock may be wrong by so many milliseconds. */
const tolerance = 5 * 60_000

/**
 * Whether something is told of a moment that is still to come: every count until then would be stale, and what moves then
 * would be added to each of them.
 */
export const isAhead = (at: Instant, now: Instant): boolean =>
  Date.parse(at) > Date.parse(now) + tolerance
