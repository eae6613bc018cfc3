import { z } from 'zod'
import { OrderId } from '../canonical/identity.ts'
import { AnswerTold } from './command.ts'
import { Moment, strict, text, write } from './fields.ts'
import { counts, movements } from './stock.ts'

const Units = strict({
  sku: text('the SKU as Crossdock sent it'),
  quantity: z
    .int({ error: write('a whole number of units') })
    .positive('write a whole number of units above 0')
    .max(1_000_000_000, 'write a number of units that one order can contain'),
})

const units = z.array(Units, { error: write('a list of { sku, quantity }') })

const about = {
  orderId: z
    .string({ error: write('the orderId that Crossdock sent') })
    .pipe(OrderId)
    .describe('The orderId of the message that Crossdock sent.'),
}

const Parcel = strict({
  id: text('your number for the parcel').describe(
    'Your number for the parcel; the same number means the same parcel.',
  ),
  warehouseOrder: text('your number for the order').describe('Your number for the order.'),
  lines: units.nonempty('write the contents of the parcel, at least one { sku, quantity }'),
  shippedAt: Moment,
  carrier: text("the carrier's name, or leave it out").optional(),
  trackingNumber: text('the tracking number, or leave it out').optional(),
  trackingUrl: z
    .url({ protocol: /^https?$/, error: write('an address, or leave it out') })
    .optional(),
  location: text('the location it left from, or leave it out').optional(),
  revisedAt: Moment.optional().describe(
    'Of two reports about one parcel, the later one wins. Default: shippedAt.',
  ),
})

const reason = text('the reason, without names, addresses or other personal data', 500)

/** A parcel left. A report with a later `revisedAt` replaces an earlier one about the same parcel. */
const Shipped = strict({ type: z.literal('shipped'), ...about, shipment: Parcel })

/** The order cannot continue until a person acts. */
const Held = strict({
  type: z.literal('held'),
  ...about,
  reason,
  since: Moment.optional().describe('Distinguishes an old notice from a new one.'),
  warehouseOrder: z
    .string()
    .optional()
    .describe(
      'Your id for the order: a notice about an order that you cancelled does not block anything.',
    ),
})

/** The hold is over. */
const Resumed = strict({ type: z.literal('resumed'), ...about, since: Moment })

/** Units of the order that wait for stock: all of them, or an empty list if none waits. */
const Backordered = strict({
  type: z.literal('backordered'),
  ...about,
  lines: units,
  since: Moment,
  expectedAt: Moment.optional(),
})

/** The outcome of a message that was answered 202, or whose answer was lost: done, refused, or not done. */
const Answered = strict({
  type: z.literal('answered'),
  ...about,
  intentId: text('the intentId of the message that you answer'),
  answer: AnswerTold,
})

const location = text('your code for the location').describe(
  "The location's `code` in the settings of Crossdock.",
)

/** A count at one of the system's locations. A count older than the newest one changes nothing. */
const Counted = strict({ type: z.literal('counted'), location, ...counts })

/** A movement at a location other than a parcel to a customer, or an adjustment. */
const Moved = strict({ type: z.literal('moved'), location, movements })

/**
 * A report by a fulfilment or accounting system about an order or stock, by webhook or API. Reports may be repeated
 * and arrive in any order.
 */
export const Report = z.discriminatedUnion(
  'type',
  [Shipped, Held, Resumed, Backordered, Answered, Counted, Moved],
  {
    error: ({ code, input }) =>
      code === 'invalid_union'
        ? 'write one of shipped, held, resumed, backordered, answered, counted, moved'
        : write('an object in { }')({ input }),
  },
)
export type Report = z.infer<typeof Report>
