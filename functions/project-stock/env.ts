import { z } from 'zod'
import { Lanes } from '../../schemas/messages/lanes.ts'

export const Env = z.object({
  LEDGER_TABLE: z.string(),
  STOCK_TABLE: z.string(),
  CROSS_REFERENCES_TABLE: z.string(),
  LANES: Lanes,
})
export type Env = z.infer<typeof Env>
