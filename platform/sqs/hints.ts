import type { ListingHint, LookupHint } from '../../schemas/messages/listing-message.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { sendMessages } from './send-messages.ts'

/**
 * Sends hints to the listings queues of their channels, ten per request; throws if one was rejected. The settings have
 * the queue names, and the URLs differ from any other queue of the environment only in the name.
 */
export function sqsHints({ connections }: Pick<ResolvedSettings, 'connections'>, beside: string) {
  const queues = new Map(
    connections.flatMap(({ id, listingsQueue }) =>
      listingsQueue === undefined ? [] : [[id, new URL(listingsQueue, beside).href] as const],
    ),
  )
  return async (hints: readonly (ListingHint | LookupHint)[]): Promise<void> => {
    const byLane = Map.groupBy(hints, ({ connection }) => queues.get(connection))
    for (const [queueUrl, all] of byLane) {
      if (queueUrl === undefined) continue
      const messages = all.map((hint) => ({ body: JSON.stringify(hint) }))
      await sendMessages(queueUrl, messages)
    }
  }
}
