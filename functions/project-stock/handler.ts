import { streamChanges } from '../../platform/dynamodb/stream-changes.ts'
import { deps } from './deps.ts'
import { projectStock } from './project-stock.ts'

export const handler = streamChanges((changes) => projectStock(changes, deps))
