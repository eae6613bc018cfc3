import { latestIn } from '../../platform/dynamodb/order-record.ts'
import { streamRecords } from '../../platform/dynamodb/stream-records.ts'
import { deps } from './deps.ts'
import { publishEvents } from './publish-events.ts'

export const handler = streamRecords((heads) => publishEvents(heads.map(latestIn), deps))
