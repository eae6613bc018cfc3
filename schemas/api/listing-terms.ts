import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { strict, text, write } from './fields.ts'

const mostUnits = 1_000_000_000
const say = 'a whole number of units, 0 or more'
const units = z
  .int({ error: write(say) })
  .min(0, `write ${say}`)
  .max(mostUnits, `write ${say}`)

const dealt = 'write {"percent": 50}, {"atMost": 20} or {"exclusive": 20}'
const percent = 'write a whole number from 1 to 100'
const days = 'write a whole number of days, 0 to 365'

/** A listing's own terms; omitted ones fall back to its channel's. */
const OwnTerms = strict({
  buffer: units.optional().describe('Units that the channel is never shown.'),
  allocation: z
    .union(
      [
        z.strictObject({ percent: z.int(percent).min(1, percent).max(100, percent) }),
        z.strictObject({ atMost: units }),
        z.strictObject({ exclusive: units }),
      ],
      dealt,
    )
    .optional()
    .describe(
      "This channel's share of the available units: a percentage, a maximum, or a number of units exclusive to it.",
    ),
  minimum: units.optional().describe('Fewer units are shown as 0.'),
  maximum: units.optional().describe('More units are shown as this number.'),
  leadTimeDays: z
    .int({ error: days })
    .min(0, days)
    .max(365, days)
    .optional()
    .describe('Incoming units expected within this many days are shown too.'),
  publish: z
    .boolean('write true or false')
    .optional()
    .describe('False: Crossdock does not publish the quantity.'),
}).refine(({ minimum = 0, maximum = mostUnits }) => minimum <= maximum, {
  path: ['minimum'],
  error: 'write at most `maximum`; otherwise the listing is never shown',
})

/** Listings per request; use a file for more. */
const mostListings = 500

export const TermsOfListings = strict({
  channel: ConnectionId,
  listings: z
    .array(
      strict({
        sku: text("the channel's SKU"),
        terms: OwnTerms.describe(
          'All terms of the listing: an omitted term falls back to the channel’s. {}: none.',
        ),
      }),
      { error: write('a list of { sku, terms }') },
    )
    .min(1, 'write at least one { sku, terms }')
    .max(mostListings, `write at most ${mostListings}, or upload a file to the bucket`),
})
export type TermsOfListings = z.infer<typeof TermsOfListings>

/** The result. */
export const TermsTaken = z.object({
  channel: ConnectionId,
  changed: z.int(),
  unchanged: z.int().describe('Listings that already had these terms.'),
})
export type TermsTaken = z.infer<typeof TermsTaken>

/** The terms of a listing, and who set them. */
export const TermsView = z.object({
  channel: ConnectionId,
  sku: z.string(),
  own: OwnTerms.describe("The listing's own terms."),
  inForce: OwnTerms.describe('The terms in force: its own, and the channel’s for the rest.'),
  changes: z
    .array(z.object({ at: Instant, by: z.string(), terms: OwnTerms }))
    .describe('Who set which terms, newest first; the last hundred changes.'),
})
export type TermsView = z.infer<typeof TermsView>
