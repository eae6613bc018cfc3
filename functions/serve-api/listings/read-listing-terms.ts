import { termsOf } from '../../../domain/listings/terms.ts'
import { err, ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import { capableOf, SellingTerms } from '../../../schemas/settings.ts'
import { ListingTerms } from '../../../schemas/stored/listing.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'
import { noSuchChannel } from '../stock/read-availability.ts'

/** A listing's terms, which of them are its own, and who set them. */
export const readListingTerms: Handle<typeof endpoints.readListingTerms> = async (
  { query: { channel, sku } },
  { connections, listings, terms },
) => {
  const channels = connections.filter(capableOf('orders')).map((one) => one.id)
  if (!channels.includes(channel)) return err(noSuchChannel(channels))
  const id = { connection: channel, sku }
  const [listing] = await listings.find([id], 'now')
  if (!listing) return err(noListing)
  const usual = connections.find((one) => one.id === channel)?.sells ?? SellingTerms.parse({})
  const changes = await terms.changes(id)
  return ok({
    channel,
    sku,
    own: listing.terms ?? {},
    inForce: ListingTerms.parse(termsOf(listing, usual)),
    changes: changes.map(({ at, by, terms: said }) => ({ at, by, terms: said })),
  })
}

const noListing: Refusal = {
  problem: problem('not-found', 'The channel is not known to sell this SKU.', [
    {
      parameter: 'sku',
      detail: 'is not known to be sold by the channel',
      fix: "write the channel's SKU; a new item is known after the next comparison (`compareMinutes`)",
    },
  ]),
}
