import type { Instant } from '../schemas/canonical/instant.ts'

/** The instant of a text that says when in ISO 8601, with any offset. Throws when it is no moment. */
export const instantOf = (text: string): Instant => new Date(text).toISOString()
