import { performAll } from '../../domain/effects/perform-all.ts'
import { recordDeadHints } from '../../domain/effects/record-dead-hints.ts'
import { perMessage } from '../../platform/sqs/per-message.ts'
import { deps } from './deps.ts'

export const handler = perMessage({
  work: (body) => performAll(body, deps),
  onFinalFailure: (body, reason) => recordDeadHints(body, reason, deps),
})
