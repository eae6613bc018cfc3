import { z } from 'zod'

export const Env = z.object({
  LOCATION: z.string(),
  STOCK_TABLE: z.string(),
  CURSORS_TABLE: z.string(),
})
export type Env = z.infer<typeof Env>
