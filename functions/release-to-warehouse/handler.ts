import { buryHint } from '../../domain/effects/bury-hint.ts'
import { settleBatch } from '../../platform/settle-batch.ts'
import { deps } from './deps.ts'
import { releaseToWarehouse } from './release-to-warehouse.ts'

export const handler = settleBatch({
  work: (body) => releaseToWarehouse(body, deps),
  lastWords: (body, reason) => buryHint(body, reason, deps),
})
