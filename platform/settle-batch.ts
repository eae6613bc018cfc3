import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { type Fields, logger } from './logger.ts'

/**
 * Speaks SQS for a worker. What it returns is logged and acknowledged, business problems included; only a throw is a
 * technical failure, which SQS delivers again and finally moves to the dead letters.
 */
export const settleBatch =
  (work: (record: SQSRecord) => Promise<Fields>) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const settled = await Promise.allSettled(Records.map((record) => settle(record, work)))
    return {
      batchItemFailures: settled.flatMap(({ status }, i) =>
        status === 'rejected' ? [{ itemIdentifier: Records[i]?.messageId ?? '' }] : [],
      ),
    }
  }

async function settle(
  record: SQSRecord,
  work: (record: SQSRecord) => Promise<Fields>,
): Promise<void> {
  try {
    logger.info('settled', await work(record))
  } catch (error) {
    logger.error('failed, will be delivered again', {
      reason: reasonOf(error),
      count: Number(record.attributes.ApproximateReceiveCount),
    })
    throw error
  }
}

/** An error's name and message; messages of ours and of AWS hold no payload. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
