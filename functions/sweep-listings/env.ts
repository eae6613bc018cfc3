import { z } from 'zod'
import { Lanes } from '../../schemas/messages/lanes.ts'

export const Env = z.object({ STOCK_TABLE: z.string(), LANES: Lanes })
export type Env = z.infer<typeof Env>
