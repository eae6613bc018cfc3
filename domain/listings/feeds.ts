import type { FeedMessage } from '../../schemas/messages/listing-message.ts'
import type { Listing } from '../../schemas/stored/listing.ts'
import type { Failure } from '../failure.ts'
import { ok, type Result } from '../result.ts'
import { sentOf, stateOf } from './listing.ts'
import type { FeedResult } from './listings-capability.ts'
import { type AttributeDeps, confirm, refuse } from './record-outcomes.ts'
import { onItsWay, passTurn } from './request-pacer.ts'

/** What came of values that a channel only took is asked later: the feed is a message until then. */
export async function keepFeed(
  { feed, seconds }: { readonly feed: string; readonly seconds: number },
  told: readonly Listing[],
  { name, seller, clock, again }: AttributeDeps,
): Promise<void> {
  const sent = told.flatMap((listing) => {
    const { desired } = stateOf(listing, name)
    return desired ? [{ sku: listing.sku, ...sentOf(desired) }] : []
  })
  const { connection } = seller
  const sentAt = clock().toISOString()
  const message: FeedMessage = { connection, attribute: name, feed, sentAt, sent }
  await again(JSON.stringify(message), seconds)
}

/** Asks what came of values that were only taken; while nobody knows, later again. */
export async function readFeed(message: FeedMessage, deps: AttributeDeps): Promise<void> {
  const { feed, sent, sentAt } = message
  const { gate, publication, pace, again, clock } = deps
  const passage = await gate.enter()
  if (!passage.passes) return again(JSON.stringify(message), passage.seconds)
  const asked: Result<FeedResult | undefined, Failure> = publication.readFeed
    ? await publication.readFeed(passage.account, feed)
    : ok({ refused: [] })
  const result = await passage.leave(asked)
  if (!result.ok || !result.value) {
    await pace.give(onItsWay)
    await again(JSON.stringify(message), 15)
    return
  }
  const { everySeconds = 0 } = publication
  if (result.value.isLost) return passTurn(everySeconds, deps)
  const left = everySeconds - (clock().getTime() - Date.parse(sentAt)) / 1000
  const reasons = new Map(result.value.refused.map(({ sku, reason }) => [sku, reason]))
  await Promise.all(
    sent.map((told) => {
      const reason = reasons.get(told.sku)
      return reason === undefined
        ? confirm(told, deps, feed)
        : refuse({ sku: told.sku, reason, feed }, deps)
    }),
  )
  await passTurn(Math.max(0, Math.ceil(left)), deps)
}
