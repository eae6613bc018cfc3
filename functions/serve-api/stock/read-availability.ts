import { err, ok } from '../../../domain/result.ts'
import { sayWhy } from '../../../domain/stock/available.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { AvailabilityView } from '../../../schemas/api/stock.ts'
import { capableOf } from '../../../schemas/settings.ts'
import { type Listing, type Why, Withheld } from '../../../schemas/stored/listing.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'

/** Available units of up to 500 articles on a channel, read from what was calculated when stock changed. */
export const readAvailability: Handle<typeof endpoints.readAvailability> = async (
  { query: { channel, sku: skus } },
  { connections, listings },
) => {
  const channels = connections.filter(capableOf('orders')).map(({ id }) => id)
  if (!channels.includes(channel)) return err(noSuchChannel(channels))
  const ids = [...new Set(skus)].map((sku) => ({ connection: channel, sku }))
  const found = new Map((await listings.find(ids, 'lately')).map((one) => [one.sku, one]))
  return ok({ channel, articles: skus.map((sku) => offered(sku, found.get(sku))) })
}

function offered(sku: string, listing: Listing | undefined): AvailabilityView['articles'][number] {
  if (!listing) return { sku, why: 'the channel is not known to sell it' }
  const { desired, acknowledged, refusal, mismatch } = listing.attributes.quantity ?? {}
  const told = {
    ...(acknowledged && { published: { units: acknowledged.value, at: acknowledged.at } }),
    ...(refusal && { refusal: { reason: refusal.reason, at: refusal.at } }),
    ...(mismatch && { disputed: { shows: mismatch.shows, at: mismatch.at } }),
  }
  if (!desired) return { sku, ...told, why: 'no article of it was ever counted' }
  const { value: units, at, why } = desired
  const withheld = Withheld.options.flatMap((by) => {
    const less = why.withheld[by] ?? 0
    return less > 0 ? [{ by, units: less, from: sourceOf(by, why) }] : []
  })
  return {
    sku,
    available: units,
    at,
    ...told,
    why: sayWhy({ units, why }),
    parts: why.parts,
    withheld,
  }
}

function sourceOf(by: Withheld, { byListing = [] }: Why): 'settings' | 'listing' | 'sales' {
  if (by === 'unseen') return 'sales'
  return byListing.some((term) => term === by) ? 'listing' : 'settings'
}

export const noSuchChannel = (known: readonly string[]): Refusal => ({
  problem: problem('bad-request', 'The channel does not exist.', [
    { parameter: 'channel', detail: 'is unknown', fix: `write one of ${known.join(', ')}` },
  ]),
})
