import type { Context } from 'aws-lambda'
import { compare } from '../../domain/stock/compare.ts'
import { guarded } from '../../platform/guarded.ts'
import { logger } from '../../platform/logger.ts'
import { deps, measure } from './deps.ts'

export const handler = guarded(async (_event: unknown, context: Context) => {
  const compared = await compare({ ...deps, left: () => context.getRemainingTimeInMillis() })
  measure(compared)
  const { reason, listings } = compared
  logger.info('compared what a channel shows', { count: listings, ...(reason && { reason }) })
})
