import { z } from 'zod'
import { ConnectionId } from '../../schemas/canonical/identity.ts'

/** What the one worker is called, by the kind of system behind its lane: logs and metrics say it. */
export const workers = {
  channel: 'update-channel',
  erp: 'post-to-erp',
  wms: 'release-to-warehouse',
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
