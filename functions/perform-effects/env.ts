import { z } from 'zod'
import { ConnectionId } from '../../schemas/canonical/identity.ts'

/** The worker's name in logs and metrics, by capability. */
export const workers = {
  orders: 'update-channel',
  accounting: 'post-to-erp',
  fulfilment: 'release-to-warehouse',
} as const

export const Env = z.object({
  CONNECTION: ConnectionId,
  LEDGER_TABLE: z.string(),
  PEOPLE_TABLE: z.string(),
  CURSORS_TABLE: z.string(),
  CROSS_REFERENCES_TABLE: z.string(),
  STOCK_TABLE: z.string(),
  LANE_QUEUE_URL: z.url(),
})
export type Env = z.infer<typeof Env>
