import { logger } from '../../platform/logger.ts'
import { deps } from './deps.ts'
import { sweepListings } from './sweep-listings.ts'

export async function handler(): Promise<void> {
  logger.info('swept listings that wait', await sweepListings(deps))
}
