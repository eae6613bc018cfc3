import type { Instant } from '../../schemas/canonical/instant.ts'

/** Milliseconds that a clock may be wrong. */
const tolerance = 5 * 60_000

/**
 * Whether a time is in the future: a count with such a time would make all counts until then stale, and a movement
 * would be added to each of them.
 */
export const isAhead = (at: Instant, now: Instant): boolean =>
  Date.parse(at) > Date.parse(now) + tolerance
