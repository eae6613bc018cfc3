import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { LookupHint, StockHint } from '../../schemas/messages/stock-hint.ts'
import { lean } from '../dynamodb/lean.ts'
import { sendMessages } from './send-messages.ts'

/** Sends hints to the lanes of their channels, ten with one request; throws when one was not taken. */
export function sqsHints(lanes: Readonly<Record<ConnectionId, string>>) {
  const client = new SQSClient({ maxAttempts: 5, useQueueUrlAsEndpoint: false, ...lean('sqs') })
  return async (hints: readonly (StockHint | LookupHint)[]): Promise<void> => {
    const byLane = Map.groupBy(hints, ({ connection }) => lanes[connection])
    for (const [queueUrl, all] of byLane) {
      if (queueUrl === undefined) continue
      const messages = all.map((hint) => ({ body: JSON.stringify(hint) }))
      await sendMessages(queueUrl, messages, (batch) =>
        client.send(new SendMessageBatchCommand(batch)),
      )
    }
  }
}
