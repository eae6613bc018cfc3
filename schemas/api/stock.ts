import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { PartWhy, Withheld } from '../stored/listing.ts'
import { Moment, strict, text, write } from './fields.ts'

/** More would be a mistake, and sums of a few stay exact. */
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
  sku: text("the warehouse's SKU"),
  onHand: units.describe('All units at the location, including those that cannot be sold.'),
  quarantined: units
    .optional()
    .describe('Damaged, expired or under inspection; part of onHand. Default: unchanged.'),
  incoming: z
    .array(Incoming, { error: write('a list of { units, expectedAt }') })
    .max(20, 'write at most 20')
    .optional()
    .describe('On its way to the location. Default: unchanged.'),
}).refine(({ onHand, quarantined = 0 }) => quarantined <= onHand, {
  path: ['quarantined'],
  error: 'write at most onHand, which includes quarantined units',
})

/** Articles per request; use a file for more. */
const mostCounts = 2000

/** A count of a location at an instant. */
export const counts = {
  at: Moment.describe('When the units were counted, not when this is sent.'),
  sequence: z
    .int({ error: write('a whole number, 0 or more') })
    .min(0, 'write a whole number, 0 or more')
    .optional()
    .describe('Of two counts with the same time, the one with the higher number wins.'),
  counts: z
    .array(ArticleCounted, { error: write('a list of { sku, onHand }') })
    .min(1, 'write at least one { sku, onHand }')
    .max(mostCounts, `write at most ${mostCounts}, or upload a file to the bucket`),
}

const common = {
  id: text('your id for the movement').describe(
    'The same id at the same location means the same movement; it is applied once.',
  ),
  at: Moment,
}
const article = { sku: text("the warehouse's SKU") }
const moved = { ...common, ...article, quantity: someUnits }

const Returned = strict({
  kind: z.literal('return'),
  ...common,
  sku: article.sku.optional(),
  channelSku: text("the channel's SKU that was sold")
    .optional()
    .describe(
      'Instead of sku: the SKU that was sold. Cross-references translate it into articles.',
    ),
  quantity: someUnits.describe('Units of the SKU that was sold, or of the article.'),
  disposition: z
    .enum(['restock', 'quarantine', 'damaged'], { error: write('restock, quarantine or damaged') })
    .describe('Only restocked units can be sold.'),
}).refine(({ sku, channelSku }) => (sku === undefined) !== (channelSku === undefined), {
  path: ['sku'],
  error: "write either sku, the warehouse's SKU, or channelSku, the channel's SKU",
})

const Adjusted = strict({
  kind: z.literal('adjustment'),
  ...common,
  ...article,
  quantity: wholeUnits('a whole number of units, negative if units are missing')
    .min(-most, 'write a whole number of units, negative if units are missing')
    .refine((units) => units !== 0, 'write a number other than 0'),
})

/** A movement of goods at a location, other than a parcel to a customer. */
export const StockMovement = z.discriminatedUnion(
  'kind',
  [
    strict({ kind: z.literal('receipt'), ...moved }),
    Returned,
    Adjusted,
    strict({ kind: z.literal('transfer-in'), ...moved }),
    strict({ kind: z.literal('transfer-out'), ...moved }),
    /** On hand, but cannot be sold. */
    strict({ kind: z.literal('quarantine'), ...moved }),
    /** Can be sold again. */
    strict({ kind: z.literal('release'), ...moved }),
    /** Quarantined units are gone. */
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

const mostMovements = 200

export const movements = z
  .array(StockMovement, { error: write('a list of movements') })
  .min(1, 'write at least one movement')
  .max(mostMovements, `write at most ${mostMovements}`)

const location = text("the location's name in the settings")

export const StockCounts = strict({ location, ...counts })
export type StockCounts = z.infer<typeof StockCounts>

export const StockMovements = strict({ location, movements })
export type StockMovements = z.infer<typeof StockMovements>

/** The result of counts. */
export const CountsTaken = z.object({
  location: z.string(),
  changed: z.int().describe('Articles whose stock changed.'),
  stale: z.int().describe('Articles for which a newer count exists.'),
})
export type CountsTaken = z.infer<typeof CountsTaken>

/** The result of movements. */
export const MovementsTaken = z.object({
  location: z.string(),
  moved: z.int(),
  known: z.int().describe('Movements that were reported before.'),
})
export type MovementsTaken = z.infer<typeof MovementsTaken>

const Units = z.int()

const Place = z.object({
  warehouse: ConnectionId,
  location: z.string(),
  code: z.string().describe("The warehouse's code for the location."),
  onHand: Units.describe('All units at the location.'),
  quarantined: Units.describe('Damaged, expired or under inspection.'),
  reserved: Units.describe('Reserved for orders that have not shipped.'),
  reservedBy: z.record(z.string(), Units).describe('Reserved units by channel.'),
  safety: Units.describe('Never shown on any channel.'),
  free: Units.describe('Can still be reserved; negative if more is reserved than on hand.'),
  incoming: z.array(z.object({ units: Units, expectedAt: Instant })),
  countedAt: Instant.optional().describe('When it was last counted; absent: never.'),
  movedSince: Units.describe('The change of onHand since that count.'),
  doubted: z
    .object({ onHand: Units, at: Instant })
    .optional()
    .describe('A comparison counted this many; a person must confirm by a count.'),
  why: z.string().describe('The numbers as text.'),
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
    .describe('Units the channel may sell; absent: never counted, or not a listing.'),
  at: Instant.optional().describe('When stock last changed this number.'),
  published: z
    .object({ units: z.int(), at: Instant })
    .optional()
    .describe('What was last published to the channel.'),
  refusal: z.object({ reason: z.string(), at: Instant }).optional(),
  disputed: z
    .object({ shows: z.int(), at: Instant })
    .optional()
    .describe('The channel shows this many; a person must decide.'),
  why: z.string().describe('The calculation as text.'),
  parts: z
    .array(PartWhy)
    .optional()
    .describe(
      'The parts of the number, by each warehouse’s SKU, over all locations it is sold from.',
    ),
  withheld: z
    .array(
      z.object({
        by: Withheld,
        units: z.int(),
        from: z
          .enum(['settings', 'listing', 'sales'])
          .describe(
            'The channel’s settings, the listing’s own terms, or sales whose orders have not arrived.',
          ),
      }),
    )
    .optional()
    .describe('What withholds units from the channel, in order.'),
})

/** Available units of a channel, in the order of the request. */
export const AvailabilityView = z.object({ channel: ConnectionId, articles: z.array(Offered) })
export type AvailabilityView = z.infer<typeof AvailabilityView>
