import { z } from 'zod'

export const Env = z.object({
  LEDGER_TABLE: z.string(),
  STOCK_TABLE: z.string(),
  CROSS_REFERENCES_TABLE: z.string(),
  PEOPLE_TABLE: z.string(),
  IDEMPOTENCY_TABLE: z.string(),
  INTAKE_QUEUE_URL: z.url(),
  PRIVACY_QUEUE_URL: z.url(),
})
export type Env = z.infer<typeof Env>
