import { z } from 'zod'

export const Env = z.object({
  LEDGER_TABLE: z.string(),
  PEOPLE_TABLE: z.string(),
  RAW_BUCKET: z.string(),
  FILES_BUCKET: z.string(),
  PRIVACY_QUEUE_URL: z.url(),
})
export type Env = z.infer<typeof Env>
