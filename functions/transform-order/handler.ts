import type { SQSEvent } from 'aws-lambda'
import { settleBatch } from '../../platform/settle-batch.ts'
import { archive, deps } from './deps.ts'
import { transformOrder } from './transform-order.ts'

const settle = settleBatch((record) => transformOrder(record.body, deps))

export const handler = async (event: SQSEvent) => {
  await archive(event)
  return settle(event)
}
