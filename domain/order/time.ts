import type { Instant } from '../../schemas/canonical/instant.ts'

/** The instant some seconds after another. */
export const after = (at: Instant, seconds: number): Instant =>
  new Date(Date.parse(at) + seconds * 1000).toISOString()

/** The earliest of some instants, if any. */
export const earliest = (instants: readonly (Instant | undefined)[]): Instant | undefined =>
  instants.reduce((first, at) => (at && (!first || at < first) ? at : first), undefined)
