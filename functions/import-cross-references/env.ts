import { z } from 'zod'

export const Env = z.object({
  CROSS_REFERENCES_TABLE: z.string(),
  FILES_BUCKET: z.string(),
  LEDGER_TABLE: z.string(),
  STOCK_TABLE: z.string(),
})
export type Env = z.infer<typeof Env>
