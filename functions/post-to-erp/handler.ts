import { buryHint } from '../../domain/effects/bury-hint.ts'
import { settleBatch } from '../../platform/settle-batch.ts'
import { deps } from './deps.ts'
import { postToErp } from './post-to-erp.ts'

export const handler = settleBatch({
  work: (body) => postToErp(body, deps),
  lastWords: (body, reason) => buryHint(body, reason, deps),
})
