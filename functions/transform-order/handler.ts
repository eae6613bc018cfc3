import type { SQSEvent } from 'aws-lambda'
import { settleBatch } from '../../platform/settle-batch.ts'
import { buryMessage } from './bury-message.ts'
import { archive, deps } from './deps.ts'
import { transformOrder } from './transform-order.ts'

const settle = settleBatch({
  work: (body) => transformOrder(body, deps),
  lastWords: (body, reason) => buryMessage(body, reason, deps),
})

/** Nothing leaves the queue before it is both kept and settled. */
export const handler = async (event: SQSEvent) => {
  const [settled] = await Promise.all([settle(event), archive(event)])
  return settled
}
