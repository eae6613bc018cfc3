import { z } from 'zod'
import type { ConnectionId } from '../schemas/canonical/identity.ts'
import type { StockHint } from '../schemas/messages/stock-hint.ts'
import { callAws } from './aws.ts'

const Answer = z.object({ Failed: z.array(z.unknown()).default([]) })

/** Sends hints to the lanes of their channels, ten with one request; throws when one was not taken. */
export const sqsHints =
  (lanes: Readonly<Record<ConnectionId, string>>) =>
  async (hints: readonly StockHint[]): Promise<void> => {
    const byLane = Map.groupBy(hints, ({ connection }) => lanes[connection])
    for (const [queueUrl, all] of byLane) {
      if (queueUrl === undefined) continue
      for (let from = 0; from < all.length; from += 10) {
        await sendTen(queueUrl, all.slice(from, from + 10))
      }
    }
  }

async function sendTen(QueueUrl: string, hints: readonly StockHint[]): Promise<void> {
  const answer = await callAws({
    service: 'sqs',
    target: 'AmazonSQS.SendMessageBatch',
    version: '1.0',
    body: {
      QueueUrl,
      Entries: hints.map((hint, i) => ({ Id: String(i), MessageBody: JSON.stringify(hint) })),
    },
  })
  const { Failed } = Answer.parse(answer)
  if (Failed.length > 0) throw new Error(`SQS did not take ${Failed.length} hints`)
}
