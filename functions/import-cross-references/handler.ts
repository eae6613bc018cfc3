import { perMessage } from '../../platform/sqs/per-message.ts'
import { deps } from './deps.ts'
import { giveUp, importCrossReferences } from './import-cross-references.ts'

export const handler = perMessage({
  work: (body) => importCrossReferences(body, deps),
  onFinalFailure: (body, reason) => giveUp(body, reason, deps),
})
