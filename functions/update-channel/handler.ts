import { buryHints } from '../../domain/effects/bury-hints.ts'
import { performAll } from '../../domain/effects/perform-all.ts'
import { settleBatch } from '../../platform/sqs/per-message.ts'
import { deps } from './deps.ts'

export const handler = settleBatch({
  work: (body) => performAll(body, deps),
  lastWords: (body, reason) => buryHints(body, reason, deps),
})
