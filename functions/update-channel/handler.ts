import { settleBatch } from '../../platform/settle-batch.ts'
import { deps } from './deps.ts'
import { updateChannel } from './update-channel.ts'

export const handler = settleBatch((record) => updateChannel(record.body, deps))
