import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { crashOf } from '../../domain/fault.ts'
import { type Fields, logger } from '../telemetry/logger.ts'
import { guarded } from '../wiring/guarded.ts'
import { imageOf } from './image.ts'

/** An item's images; an absent one: it did not exist before, or was deleted. */
export interface Change {
  readonly before: unknown
  readonly after: unknown
  /** When it was written, to the second. */
  readonly at: string
}

/** DynamoDB stream handler for a worker that takes a batch as a whole; failures are retried. */
export const streamChanges = (work: (changes: readonly Change[]) => Promise<Fields>) =>
  guarded(async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const changes = Records.map(({ dynamodb }): Change => {
      const seconds = dynamodb?.ApproximateCreationDateTime ?? Date.now() / 1000
      return {
        before: dynamodb?.OldImage && imageOf(dynamodb.OldImage),
        after: dynamodb?.NewImage && imageOf(dynamodb.NewImage),
        at: new Date(seconds * 1000).toISOString(),
      }
    })
    try {
      logger.info('done', await work(changes))
      return { batchItemFailures: [] }
    } catch (error) {
      const count = changes.length
      logger.error('stream batch failed, it will be retried', {
        reason: crashOf(error),
        count,
      })
      return { batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber ?? '' }] }
    }
  })
