import { settleChanges } from '../../platform/dynamodb/stream-changes.ts'
import { deps } from './deps.ts'
import { projectStock } from './project-stock.ts'

export const handler = settleChanges((changes) => projectStock(changes, deps))
