import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { crashOf } from '../../domain/fault.ts'
import { type Fields, logger } from '../telemetry/logger.ts'
import { guarded } from '../wiring/guarded.ts'

/**
 * SQS handler for a worker that takes a batch at once. A return acknowledges all messages; a throw is a technical
 * failure, and SQS delivers all of them again.
 */
export const perBatch = (work: (bodies: readonly string[]) => Promise<Fields>) =>
  guarded(async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    try {
      logger.info('done', await work(Records.map(({ body }) => body)))
      return { batchItemFailures: [] }
    } catch (error) {
      logger.error('message failed', { reason: crashOf(error), count: Records.length })
      return {
        batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
      }
    }
  })
