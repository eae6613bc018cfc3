import type { ListingHint, LookupHint } from '../../schemas/messages/listing-message.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { sendMessages } from './send-messages.ts'

/**
 * Sends hints to the queues of listings of their channels, ten with one request; throws when one was not taken. The settings name the
 * queues, which are beside any other queue of the environment.
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
