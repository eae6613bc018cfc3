import { perMessage } from '../../platform/sqs/per-message.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { answerPrivacyRequest } from './answer-privacy-request.ts'
import { deps } from './deps.ts'

export const handler = perMessage({
  work: (body) => answerPrivacyRequest(body, deps),
  onFinalFailure: async (_, reason) => logger.error('privacy request failed', { reason }),
})
