import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { crashOf } from '../../domain/fault.ts'
import { maxReceives } from '../../schemas/max-receives.ts'
import { type Fields, logger } from '../telemetry/logger.ts'
import { guarded } from '../wiring/guarded.ts'

export interface Worker {
  /** Handles one message's body; its result is logged. */
  work(body: string): Promise<Fields>
  /** Leaves the reason under the business key when a message goes to the dead letters. */
  onFinalFailure(body: string, reason: string): Promise<unknown>
}

/**
 * SQS handler for a worker. A return acknowledges the message, including business problems; a throw is a technical
 * failure, which SQS redelivers and finally moves to the dead letters.
 */
export const perMessage = (worker: Worker) =>
  guarded(async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const settled = await Promise.allSettled(Records.map((record) => settle(record, worker)))
    return {
      batchItemFailures: settled.flatMap(({ status }, i) =>
        status === 'rejected' ? [{ itemIdentifier: Records[i]?.messageId ?? '' }] : [],
      ),
    }
  })

async function settle({ body, attributes }: SQSRecord, worker: Worker): Promise<void> {
  try {
    logger.info('done', await worker.work(body))
  } catch (error) {
    const count = Number(attributes.ApproximateReceiveCount)
    const reason = crashOf(error)
    logger.error('message failed', { reason, count })
    if (count >= maxReceives) await reportFinalFailure(worker, body, reason)
    throw error
  }
}

/** What broke the message may break this too, and the message's own failure is the one to report. */
async function reportFinalFailure(worker: Worker, body: string, reason: string): Promise<void> {
  try {
    await worker.onFinalFailure(body, reason)
  } catch (error) {
    logger.error('the reason of a dead letter could not be recorded', { reason: crashOf(error) })
  }
}
