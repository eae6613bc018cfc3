import { settleBatch } from '../../platform/settle-batch.ts'
import { deps } from './deps.ts'
import { releaseToWarehouse } from './release-to-warehouse.ts'

export const handler = settleBatch((record) => releaseToWarehouse(record.body, deps))
