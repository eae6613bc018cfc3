import { logger } from '../../platform/logger.ts'
import { settleBatch } from '../../platform/settle-batch.ts'
import { answerPrivacyRequest } from './answer-privacy-request.ts'
import { deps } from './deps.ts'

export const handler = settleBatch({
  work: (body) => answerPrivacyRequest(body, deps),
  lastWords: async (_, reason) => logger.error('a privacy request was not answered', { reason }),
})
