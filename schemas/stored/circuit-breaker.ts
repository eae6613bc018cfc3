import { z } from 'zod'
import { Instant } from '../canonical/instant.ts'

const trouble = {
  /** `outage`: no answer. `throttled`: too many requests. `halted`: credentials rejected. */
  why: z.enum(['outage', 'throttled', 'halted']),
  /** The system's last answer, without personal data. */
  reason: z.string(),
  /** When the breaker opened; failed probes do not change it. */
  since: Instant,
  /** Failed probes plus the opening failure; decides the length of the next pause. */
  pauses: z.int(),
}

/** A connection's circuit breaker, shared by all workers; replaced as a whole under a revision. */
export const CircuitBreaker = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('closed'),
    rev: z.int(),
    /** Consecutive failures that indicate an outage. */
    strikes: z.int(),
    struckAt: Instant.optional(),
  }),
  z.object({
    state: z.literal('open'),
    rev: z.int(),
    ...trouble,
    /** When one message may try. */
    until: Instant,
  }),
  z.object({
    state: z.literal('half-open'),
    rev: z.int(),
    ...trouble,
    /** Messages that may run concurrently. */
    allowance: z.int(),
    /** Successes since the allowance was raised. */
    passed: z.int(),
    /** When each occupied place is released if its holder vanishes. */
    places: z.array(Instant),
  }),
])
export type CircuitBreaker = z.infer<typeof CircuitBreaker>
