import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'

/** Intent ids by connection; the ledger has the intents. */
export const Requests = z.record(ConnectionId, z.array(z.string()))
export type Requests = z.infer<typeof Requests>
