import { perBatch } from '../../platform/sqs/per-batch.ts'
import { deps } from './deps.ts'
import { publishListings } from './publish-listings.ts'

export const handler = perBatch((bodies) => publishListings(bodies, deps))
