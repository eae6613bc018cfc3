import { z } from 'zod'

export const Env = z.object({
  STOCK_TABLE: z.string(),
  CURSORS_TABLE: z.string(),
  INTAKE_QUEUE_URL: z.url(),
})
export type Env = z.infer<typeof Env>
