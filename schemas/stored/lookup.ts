import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { kept, storedObject } from './stored-object.ts'

/** A listing to look up, by the channel's SKU; without a SKU all of the channel's listings. */
export const LookupId = z.object({
  connection: ConnectionId,
  sku: z.string().min(1).optional(),
})
export type LookupId = z.infer<typeof LookupId>

/** A pending or answered look-up of unknown listings. */
export const Lookup = kept(LookupId).extend({
  /** When it was last requested. */
  at: Instant,
  /** Since when it is due; absent: answered, whatever the answer. */
  dueAt: Instant.optional(),
  /** For all listings: start and size of the last complete comparison. */
  compared: storedObject({ at: Instant, listings: z.int().min(0) }).optional(),
})
export type Lookup = z.infer<typeof Lookup>
