import { z } from 'zod'

export const Env = z.object({ STOCK_TABLE: z.string(), FILES_BUCKET: z.string() })
export type Env = z.infer<typeof Env>
