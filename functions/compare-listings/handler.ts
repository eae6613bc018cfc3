import type { Context } from 'aws-lambda'
import { compare } from '../../domain/listings/compare.ts'
import { noteCompared } from '../../domain/listings/request-listings.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { guarded } from '../../platform/wiring/guarded.ts'
import { deps, measure } from './deps.ts'

export const handler = guarded(async (_event: unknown, context: Context) => {
  const at = deps.clock().toISOString()
  const compared = await compare({ ...deps, left: () => context.getRemainingTimeInMillis() })
  measure(compared)
  const { stopped, listings } = compared
  if (!stopped) await noteCompared(deps.seller.connection, { at, listings }, deps.lookups)
  logger.info('compared listings', {
    count: listings,
    ...(stopped && { reason: stopped.reason }),
  })
})
