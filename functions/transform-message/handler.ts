import type { SQSEvent } from 'aws-lambda'
import { settleBatch } from '../../platform/sqs/per-message.ts'
import { guarded } from '../../platform/wiring/guarded.ts'
import { buryMessage } from './bury-message.ts'
import { archive, depsOfBatch } from './deps.ts'
import { transformMessage } from './transform-message.ts'

/** Nothing leaves the queue before it is both kept and settled. */
export const handler = guarded(async (event: SQSEvent) => {
  const deps = depsOfBatch()
  const settle = settleBatch({
    work: (body) => transformMessage(body, deps),
    lastWords: (body, reason) => buryMessage(body, reason, deps),
  })
  const [settled] = await Promise.all([settle(event), archive(event, deps)])
  return settled
})
