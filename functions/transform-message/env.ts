import { z } from 'zod'

export const Env = z.object({
  LEDGER_TABLE: z.string(),
  STOCK_TABLE: z.string(),
  CROSS_REFERENCES_TABLE: z.string(),
  PEOPLE_TABLE: z.string(),
  CURSORS_TABLE: z.string(),
  RAW_BUCKET: z.string(),
  INTAKE_QUEUE_URL: z.url(),
  PRIVACY_QUEUE_URL: z.url(),
})
export type Env = z.infer<typeof Env>
