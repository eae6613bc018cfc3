import { latestIn } from '../../platform/dynamodb/order-record.ts'
import { settleStream } from '../../platform/dynamodb/stream-records.ts'
import { deps } from './deps.ts'
import { publishEvents } from './publish-events.ts'

export const handler = settleStream((heads) => publishEvents(heads.map(latestIn), deps))
