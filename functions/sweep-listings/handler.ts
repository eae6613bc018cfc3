import { logger } from '../../platform/telemetry/logger.ts'
import { guarded } from '../../platform/wiring/guarded.ts'
import { deps } from './deps.ts'
import { sweepListings } from './sweep-listings.ts'

export const handler = guarded(async () => {
  logger.info('swept waiting listings', await sweepListings(deps))
})
