import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'

/** Names of intents by the connection that they are asked of; the ledger says what each is. */
export const Requests = z.record(ConnectionId, z.array(z.string()))
export type Requests = z.infer<typeof Requests>
