import type { Context } from 'aws-lambda'
import { compare } from '../../domain/stock/compare.ts'
import { noteCompared } from '../../domain/stock/request-listings.ts'
import { guarded } from '../../platform/guarded.ts'
import { logger } from '../../platform/logger.ts'
import { deps, measure } from './deps.ts'

export const handler = guarded(async (_event: unknown, context: Context) => {
  const at = deps.clock().toISOString()
  const compared = await compare({ ...deps, left: () => context.getRemainingTimeInMillis() })
  measure(compared)
  const { stopped, listings } = compared
  if (!stopped) await noteCompared(deps.seller.connection, { at, listings }, deps.lookups)
  logger.info('compared what a channel shows', {
    count: listings,
    ...(stopped && { reason: stopped.reason }),
  })
})
