import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { PartWhy, Withheld } from '../stored/listing.ts'
import { Moment, strict, text, write } from './fields.ts'

/** More would be a mistake, and a sum of a few of them still is a safe number. */
const most = 1_000_000_000

const wholeUnits = (what: string) => z.int({ error: write(what) }).max(most, `write ${what}`)

const units = wholeUnits('a whole number of units, 0 or more').min(
  0,
  'write a whole number of units, 0 or more',
)
const someUnits = wholeUnits('a whole number of units above 0').positive(
  'write a whole number of units above 0',
)

const Incoming = strict({ units: someUnits, expectedAt: Moment })

const ArticleCounted = strict({
  sku: text('what the warehouse calls the article'),
  onHand: units.describe('Everything that lies there, what cannot be sold included.'),
  quarantined: units
    .optional()
    .describe('Damaged, expired or under inspection, part of onHand. Default: as many as before.'),
  incoming: z
    .array(Incoming, { error: write('a list of { units, expectedAt }') })
    .max(20, 'write 20 at most')
    .optional()
    .describe('On its way to the location. Default: as before.'),
}).refine(({ onHand, quarantined = 0 }) => quarantined <= onHand, {
  path: ['quarantined'],
  error: 'write no more than onHand, which what cannot be sold is part of',
})

/** Articles that one request may count; a file has room for more. */
const mostCounts = 2000

/** What lies at a location as of a moment. */
export const counts = {
  at: Moment.describe('The moment the count is about, not that of this message.'),
  sequence: z
    .int({ error: write('a whole number, 0 or more') })
    .min(0, 'write a whole number, 0 or more')
    .optional()
    .describe('Of two counts of one moment the one with the greater number holds.'),
  counts: z
    .array(ArticleCounted, { error: write('a list of { sku, onHand }') })
    .min(1, 'write at least one { sku, onHand }')
    .max(mostCounts, `write ${mostCounts} at most, or put a file into the bucket`),
}

const common = {
  id: text('your own id of the movement').describe(
    'The same id again at the same location is the same movement, and moves nothing.',
  ),
  at: Moment,
}
const article = { sku: text('what the warehouse calls the article') }
const moved = { ...common, ...article, quantity: someUnits }

const Returned = strict({
  kind: z.literal('return'),
  ...common,
  sku: article.sku.optional(),
  channelSku: text('what the channel calls what it sold')
    .optional()
    .describe('In place of sku: what was sold, which cross-references turn into articles.'),
  quantity: someUnits.describe('Units of what was sold, or of the article.'),
  disposition: z
    .enum(['restock', 'quarantine', 'damaged'], { error: write('restock, quarantine or damaged') })
    .describe('Only what is restocked can be sold.'),
}).refine(({ sku, channelSku }) => (sku === undefined) !== (channelSku === undefined), {
  path: ['sku'],
  error: 'write either sku, in the words of the warehouse, or channelSku, in those of the channel',
})

const Adjusted = strict({
  kind: z.literal('adjustment'),
  ...common,
  ...article,
  quantity: wholeUnits('a whole number of units, negative where some are missing')
    .min(-most, 'write a whole number of units, negative where some are missing')
    .refine((units) => units !== 0, 'write a number other than 0'),
})

/** What happens to goods at a location otherwise than by a parcel to a customer. */
export const StockMovement = z.discriminatedUnion(
  'kind',
  [
    strict({ kind: z.literal('receipt'), ...moved }),
    Returned,
    Adjusted,
    strict({ kind: z.literal('transfer-in'), ...moved }),
    strict({ kind: z.literal('transfer-out'), ...moved }),
    /** They lie there and cannot be sold. */
    strict({ kind: z.literal('quarantine'), ...moved }),
    /** They can be sold again. */
    strict({ kind: z.literal('release'), ...moved }),
    /** Units that could not be sold are gone. */
    strict({ kind: z.literal('write-off'), ...moved }),
  ],
  {
    error: ({ code, input }) =>
      code === 'invalid_union'
        ? 'write one of receipt, return, adjustment, transfer-in, transfer-out, quarantine, release, write-off'
        : write('an object in { }')({ input }),
  },
)
export type StockMovement = z.infer<typeof StockMovement>

/** Movements that one request may tell. */
const mostMovements = 200

export const movements = z
  .array(StockMovement, { error: write('a list of movements') })
  .min(1, 'write at least one movement')
  .max(mostMovements, `write ${mostMovements} at most`)

const location = text('the name that the settings give the location')

/** What somebody counted. */
export const StockCounts = strict({ location, ...counts })
export type StockCounts = z.infer<typeof StockCounts>

export const StockMovements = strict({ location, movements })
export type StockMovements = z.infer<typeof StockMovements>

/** What became of counts. */
export const CountsTaken = z.object({
  location: z.string(),
  changed: z.int().describe('Articles of which something else is known now.'),
  stale: z.int().describe('Articles of which a newer count was told before.'),
})
export type CountsTaken = z.infer<typeof CountsTaken>

/** What became of movements. */
export const MovementsTaken = z.object({
  location: z.string(),
  moved: z.int(),
  known: z.int().describe('Movements that were told before.'),
})
export type MovementsTaken = z.infer<typeof MovementsTaken>

const Units = z.int()

const Place = z.object({
  warehouse: ConnectionId,
  location: z.string(),
  code: z.string().describe('What the warehouse calls the location.'),
  onHand: Units.describe('Everything that lies there.'),
  quarantined: Units.describe('Damaged, expired or under inspection.'),
  reserved: Units.describe('Promised to orders that have not left.'),
  reservedBy: z.record(z.string(), Units).describe('The same by channel.'),
  safety: Units.describe('Never shown to anybody.'),
  free: Units.describe('May still be promised; negative when more was promised than there is.'),
  incoming: z.array(z.object({ units: Units, expectedAt: Instant })),
  countedAt: Instant.optional().describe('As of when it was counted last; absent: never.'),
  movedSince: Units.describe('What of onHand moved after that count.'),
  doubted: z
    .object({ onHand: Units, at: Instant })
    .optional()
    .describe('A comparison found so many, which is left to a person: count it.'),
  why: z.string().describe('The numbers in words.'),
})

/** An article at every place that may have it. */
export const StockView = z.object({
  sku: z.string(),
  places: z.array(Place),
})
export type StockView = z.infer<typeof StockView>

const Offered = z.object({
  sku: z.string(),
  available: z
    .int()
    .optional()
    .describe(
      'What the channel may sell; absent: nothing of it was ever counted, or it is no listing.',
    ),
  at: Instant.optional().describe('The moment of the change that made it so.'),
  published: z
    .object({ units: z.int(), at: Instant })
    .optional()
    .describe('What the channel was told last.'),
  refusal: z.object({ reason: z.string(), at: Instant }).optional(),
  disputed: z
    .object({ shows: z.int(), at: Instant })
    .optional()
    .describe('The channel shows so many, which is left to a person.'),
  why: z.string().describe('The parts of the number in words.'),
  parts: z
    .array(PartWhy)
    .optional()
    .describe(
      'What it is made of, in the words of each warehouse, over all locations it is sold from.',
    ),
  withheld: z
    .array(
      z.object({
        by: Withheld,
        units: z.int(),
        from: z
          .enum(['settings', 'listing', 'sales'])
          .describe(
            'The channel’s settings, terms of the listing’s own, or sales whose orders have not come.',
          ),
      }),
    )
    .optional()
    .describe('What keeps units from the channel, one after another.'),
})

/** What a channel may sell, in the order in which it was asked for. */
export const AvailabilityView = z.object({ channel: ConnectionId, articles: z.array(Offered) })
export type AvailabilityView = z.infer<typeof AvailabilityView>
