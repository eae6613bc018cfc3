import { settleStream } from '../../platform/settle-stream.ts'
import { deps } from './deps.ts'
import { publishEvents } from './publish-events.ts'

export const handler = settleStream((images) => publishEvents(images, deps))
