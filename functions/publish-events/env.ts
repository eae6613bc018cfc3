import { z } from 'zod'

export const Env = z.object({
  BUS_NAME: z.string(),
  LEDGER_TABLE: z.string(),
  CURSORS_TABLE: z.string(),
})
export type Env = z.infer<typeof Env>
