import { z } from 'zod'
import { Instant } from '../canonical/instant.ts'

/** The result of a comparison so far, in articles and differing units. */
export const Tally = z.object({
  articles: z.int(),
  /** Articles whose stock changed. */
  changed: z.int(),
  /** Units explained by parcels whose report has not arrived. */
  inFlight: z.int(),
  /** Units that arrived without a report. */
  missed: z.int(),
  /** Units that left and that none of our orders explains. */
  foreign: z.int(),
  /** Articles that were too far off to be corrected. */
  raised: z.int().default(0),
  /** Rows that could not be read or were duplicates. */
  refused: z.int(),
})
export type Tally = z.infer<typeof Tally>

/** An interrupted comparison of a location. */
export const CountRun = z.object({
  /** When its first page was requested; all pages include earlier movements. */
  since: Instant,
  /** The page to continue from. */
  cursor: z.string(),
  tally: Tally,
})
export type CountRun = z.infer<typeof CountRun>
