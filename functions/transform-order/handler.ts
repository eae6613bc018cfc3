import type { SQSEvent } from 'aws-lambda'
import { guarded } from '../../platform/guarded.ts'
import { settleBatch } from '../../platform/settle-batch.ts'
import { buryMessage } from './bury-message.ts'
import { archive, depsOfBatch } from './deps.ts'
import { transformOrder } from './transform-order.ts'

/** Nothing leaves the queue before it is both kept and settled. */
export const handler = guarded(async (event: SQSEvent) => {
  const deps = depsOfBatch()
  const settle = settleBatch({
    work: (body) => transformOrder(body, deps),
    lastWords: (body, reason) => buryMessage(body, reason, deps),
  })
  const [settled] = await Promise.all([settle(event), archive(event, deps)])
  return settled
})
