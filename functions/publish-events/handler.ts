import { latestIn } from '../../platform/order-record.ts'
import { settleStream } from '../../platform/settle-stream.ts'
import { deps } from './deps.ts'
import { publishEvents } from './publish-events.ts'

export const handler = settleStream((heads) => publishEvents(heads.map(latestIn), deps))
