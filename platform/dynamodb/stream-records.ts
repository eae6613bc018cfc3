import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { crashOf } from '../../domain/fault.ts'
import { logger } from '../telemetry/logger.ts'
import { guarded } from '../wiring/guarded.ts'
import { imageOf } from './image.ts'

/**
 * DynamoDB stream handler: the worker gets the new images in order and returns how many it processed. The rest is
 * retried from the first unprocessed one.
 */
export const streamRecords = (work: (images: readonly unknown[]) => Promise<number>) =>
  guarded(async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const images = Records.map(({ dynamodb }) => imageOf(dynamodb?.NewImage ?? {}))
    const done = await attempt(images, work)
    const failed = Records[done]?.dynamodb?.SequenceNumber
    return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] }
  })

async function attempt(
  images: readonly unknown[],
  work: (images: readonly unknown[]) => Promise<number>,
): Promise<number> {
  try {
    return await work(images)
  } catch (error) {
    logger.error('stream batch failed, it will be retried', {
      reason: crashOf(error),
      count: images.length,
    })
    return 0
  }
}
