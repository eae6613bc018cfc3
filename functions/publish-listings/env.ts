import { z } from 'zod'
import { ConnectionId } from '../../schemas/canonical/identity.ts'

export const Env = z.object({
  CONNECTION: ConnectionId,
  STOCK_TABLE: z.string(),
  CURSORS_TABLE: z.string(),
  CROSS_REFERENCES_TABLE: z.string(),
  LANE_QUEUE_URL: z.url(),
})
export type Env = z.infer<typeof Env>
