import { settleTogether } from '../../platform/settle-together.ts'
import { deps } from './deps.ts'
import { publishStock } from './publish-stock.ts'

export const handler = settleTogether((bodies) => publishStock(bodies, deps))
