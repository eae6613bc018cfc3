import { settleTogether } from '../../platform/sqs/per-batch.ts'
import { deps } from './deps.ts'
import { publishStock } from './publish-stock.ts'

export const handler = settleTogether((bodies) => publishStock(bodies, deps))
