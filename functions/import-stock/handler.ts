import { perMessage } from '../../platform/sqs/per-message.ts'
import { deps } from './deps.ts'
import { giveUp, importStock } from './import-stock.ts'

export const handler = perMessage({
  work: (body) => importStock(body, deps),
  onFinalFailure: (body, reason) => giveUp(body, reason, deps),
})
