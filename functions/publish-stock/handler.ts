import { perBatch } from '../../platform/sqs/per-batch.ts'
import { deps } from './deps.ts'
import { publishStock } from './publish-stock.ts'

export const handler = perBatch((bodies) => publishStock(bodies, deps))
