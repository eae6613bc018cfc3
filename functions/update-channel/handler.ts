import { buryHint } from '../../domain/effects/bury-hint.ts'
import { settleBatch } from '../../platform/settle-batch.ts'
import { deps } from './deps.ts'
import { updateChannel } from './update-channel.ts'

export const handler = settleBatch({
  work: (body) => updateChannel(body, deps),
  lastWords: (body, reason) => buryHint(body, reason, deps),
})
