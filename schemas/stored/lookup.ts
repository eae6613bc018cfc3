import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { kept, storedObject } from './stored-object.ts'

/** A listing that a channel is asked for, in the channel's own words; without a SKU everything that it shows. */
export const LookupId = z.object({
  connection: ConnectionId,
  sku: z.string().min(1).optional(),
})
export type LookupId = z.infer<typeof LookupId>

/** That a channel is to be asked for something of which nothing is known yet, or that it has answered. */
export const Lookup = kept(LookupId).extend({
  /** When it was last requested. */
  at: Instant,
  /** Since when the channel is to be asked; absent: it has answered, whatever the answer was. */
  dueAt: Instant.optional(),
  /** Of everything: when the last comparison that came to its end began, and how many listings it found. */
  compared: storedObject({ at: Instant, listings: z.int().min(0) }).optional(),
})
export type Lookup = z.infer<typeof Lookup>
