import { z } from 'zod'
import { ConnectionId } from '../../schemas/canonical/identity.ts'

export const Env = z.object({
  CONNECTION: ConnectionId,
  INTAKE_QUEUE_URL: z.url(),
  CURSORS_TABLE: z.string(),
  IDEMPOTENCY_TABLE: z.string(),
})
export type Env = z.infer<typeof Env>
