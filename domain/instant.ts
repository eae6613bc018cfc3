import type { Instant } from '../schemas/canonical/instant.ts'

/** The instant of an ISO 8601 text with any offset. Throws if it is not a time. */
export const instantOf = (text: string): Instant => new Date(text).toISOString()

/** The instant some seconds later. */
export const after = (at: Instant, seconds: number): Instant =>
  new Date(Date.parse(at) + seconds * 1000).toISOString()

/** The later of two instants, or the only one. */
export const latest = (one: Instant | undefined, other: Instant): Instant =>
  one !== undefined && one > other ? one : other

/** The earliest of some instants, if any. */
export const earliest = (instants: readonly (Instant | undefined)[]): Instant | undefined =>
  instants.reduce((first, at) => (at && (!first || at < first) ? at : first), undefined)
