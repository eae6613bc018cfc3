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

/** What a listing has instead of its channel's terms; what is left out is the channel's. */
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
      'Its part: a percentage, never more than so many, or so many that no other channel is shown.',
    ),
  minimum: units.optional().describe('Fewer than this are shown as none.'),
  maximum: units.optional().describe('More than this are shown as this many.'),
  leadTimeDays: z
    .int({ error: days })
    .min(0, days)
    .max(365, days)
    .optional()
    .describe('Goods on their way that are expected within so many days are shown too.'),
  publish: z
    .boolean('write true or false')
    .optional()
    .describe('False: people look after its number themselves.'),
}).refine(({ minimum = 0, maximum = mostUnits }) => minimum <= maximum, {
  path: ['minimum'],
  error: 'write no more than `maximum`, or it is never shown',
})

/** Listings that one request may change; a file has room for more. */
const mostListings = 500

/** Terms of listings of one channel. */
export const TermsOfListings = strict({
  channel: ConnectionId,
  listings: z
    .array(
      strict({
        sku: text('what the channel calls the article'),
        terms: OwnTerms.describe('All of them: what is left out is the channel’s again. {}: none.'),
      }),
      { error: write('a list of { sku, terms }') },
    )
    .min(1, 'write at least one { sku, terms }')
    .max(mostListings, `write ${mostListings} at most, or put a file into the bucket`),
})
export type TermsOfListings = z.infer<typeof TermsOfListings>

/** What became of them. */
export const TermsTaken = z.object({
  channel: ConnectionId,
  changed: z.int(),
  unchanged: z.int().describe('Listings that had these terms already.'),
})
export type TermsTaken = z.infer<typeof TermsTaken>

/** What a listing is offered on, and who said so. */
export const TermsView = z.object({
  channel: ConnectionId,
  sku: z.string(),
  own: OwnTerms.describe('What it has instead of its channel’s.'),
  inForce: OwnTerms.describe('Its own, and its channel’s for all that it has none of.'),
  changes: z
    .array(z.object({ at: Instant, by: z.string(), terms: OwnTerms }))
    .describe('Who gave it which terms of its own, the newest first; the last hundred.'),
})
export type TermsView = z.infer<typeof TermsView>
