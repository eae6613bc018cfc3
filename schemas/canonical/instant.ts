import { z } from 'zod'

/** A UTC ISO 8601 string with milliseconds, so that text order is time order. */
export const Instant = z.iso.datetime({ precision: 3 })
export type Instant = z.infer<typeof Instant>
