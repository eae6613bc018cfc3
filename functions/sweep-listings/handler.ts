import { guarded } from '../../platform/guarded.ts'
import { logger } from '../../platform/logger.ts'
import { deps } from './deps.ts'
import { sweepListings } from './sweep-listings.ts'

export const handler = guarded(async () => {
  logger.info('swept listings that wait', await sweepListings(deps))
})
