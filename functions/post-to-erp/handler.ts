import { settleBatch } from '../../platform/settle-batch.ts'
import { deps } from './deps.ts'
import { postToErp } from './post-to-erp.ts'

export const handler = settleBatch((record) => postToErp(record.body, deps))
