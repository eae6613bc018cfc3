import { z } from 'zod'
import { Instant } from '../canonical/instant.ts'

const trouble = {
  /** `outage`: nobody answers. `throttled`: we ask too much. `halted`: our credentials are refused. */
  why: z.enum(['outage', 'throttled', 'halted']),
  /** What the system said last, without personal data. */
  reason: z.string(),
  /** When the breaker opened first; probes that fail in between do not change it. */
  since: Instant,
  /** Probes that failed so far, and the trouble that opened it: how long the next pause is. */
  pauses: z.int(),
}

/** A breaker before a connection, shared by all who work for it; replaced as a whole under a revision. */
export const CircuitBreaker = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('closed'),
    rev: z.int(),
    /** Failures in a row that speak of an outage. */
    strikes: z.int(),
    struckAt: Instant.optional(),
  }),
  z.object({
    state: z.literal('open'),
    rev: z.int(),
    ...trouble,
    /** From then on one message may try. */
    until: Instant,
  }),
  z.object({
    state: z.literal('half-open'),
    rev: z.int(),
    ...trouble,
    /** Messages that may be under way at one time. */
    allowance: z.int(),
    /** Successes since the allowance was raised. */
    passed: z.int(),
    /** When each place that is taken falls free by itself, should its holder vanish. */
    places: z.array(Instant),
  }),
])
export type CircuitBreaker = z.infer<typeof CircuitBreaker>
