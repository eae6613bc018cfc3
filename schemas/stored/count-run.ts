import { z } from 'zod'
import { Instant } from '../canonical/instant.ts'

/** What a comparison found so far, in articles and in the units that they were off by. */
export const Tally = z.object({
  articles: z.int(),
  /** Of which something else is known now. */
  changed: z.int(),
  /** Units that were off: parcels that are on their way to being told explain these. */
  inFlight: z.int(),
  /** Units that came without anybody telling. */
  missed: z.int(),
  /** Units that went, and that no order of ours explains. */
  foreign: z.int(),
  /** Articles that were too far off to be believed. */
  raised: z.int().default(0),
  /** Rows that could not be read or were told twice. */
  refused: z.int(),
})
export type Tally = z.infer<typeof Tally>

/** A comparison of a location that is under way. */
export const CountRun = z.object({
  /** When its first page was asked for: what moved before is in all of it. */
  since: Instant,
  /** The page to go on from. */
  cursor: z.string(),
  tally: Tally,
})
export type CountRun = z.infer<typeof CountRun>
