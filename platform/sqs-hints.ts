import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { ConnectionId } from '../schemas/canonical/identity.ts'
import type { StockHint } from '../schemas/messages/stock-hint.ts'
import { lean } from './lean.ts'

/** Sends hints to the lanes of their channels, ten with one request; throws when one was not taken. */
export function sqsHints(lanes: Readonly<Record<ConnectionId, string>>) {
  const client = new SQSClient({ maxAttempts: 5, useQueueUrlAsEndpoint: false, ...lean('sqs') })
  const sendTen = async (QueueUrl: string, hints: readonly StockHint[]): Promise<void> => {
    const Entries = hints.map((hint, i) => ({ Id: String(i), MessageBody: JSON.stringify(hint) }))
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    if (Failed.length > 0) throw new Error(`SQS did not take ${Failed.length} hints`)
  }
  return async (hints: readonly StockHint[]): Promise<void> => {
    const byLane = Map.groupBy(hints, ({ connection }) => lanes[connection])
    for (const [queueUrl, all] of byLane) {
      if (queueUrl === undefined) continue
      for (let from = 0; from < all.length; from += 10) {
        await sendTen(queueUrl, all.slice(from, from + 10))
      }
    }
  }
}
