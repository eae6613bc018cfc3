import { z } from 'zod'
import { type Currency, exponentOf, KnownCurrency } from '../canonical/money.ts'
import { Address, Hold, maxUnits } from '../canonical/order.ts'
import { Amount } from './amount.ts'

const text = z.string().trim().min(1).max(255)
const id = z.string().trim().min(1).max(100)
const units = z.int().min(0).max(maxUnits)
const nothing = Amount.default('0')

/** A time with its zone; the ledger stores UTC with milliseconds. */
const Moment = z.iso
  .datetime({
    offset: true,
    error: 'write an ISO 8601 time with its zone, for example 2026-11-21T10:00:00Z',
  })
  .transform((at) => new Date(at).toISOString())

const Line = z.strictObject({
  id: id.describe('Identifies the line within this order permanently.'),
  sku: id.optional(),
  title: text,
  quantity: units.min(1).describe('Units originally sold.'),
  removed: units.default(0).describe('Units cancelled or refunded since.'),
  unitPrice: Amount,
  discount: nothing.describe('For the whole line at its original quantity, as a positive amount.'),
  tax: nothing.describe('For the whole line; included in `unitPrice` if `taxesIncluded`.'),
  giftCard: z.boolean().default(false),
  shippable: z.boolean().default(true),
  fulfilledByChannel: z
    .boolean()
    .default(false)
    .describe('Handed over at the counter or shipped by the channel; no warehouse gets it.'),
  fulfilled: units
    .optional()
    .describe(
      'Units the buyer has. Default: all units fulfilled by the channel, none of the others.',
    ),
  taxCode: text.optional(),
  unit: text.optional().describe('Unit of measure, a UN/ECE code if there is one.'),
})

const Shipping = z.strictObject({
  title: text,
  code: text.optional(),
  price: Amount,
  discount: nothing,
  tax: nothing,
})

const Charge = z.strictObject({ kind: z.enum(['tip', 'duty', 'fee']), title: text, amount: Amount })
const Tender = z.strictObject({ method: text, amount: Amount })

const Persons = z.strictObject({
  customer: z
    .strictObject({
      id: id.optional(),
      name: text.optional(),
      email: z.email('write an e-mail address').optional(),
      phone: text.optional(),
    })
    .optional(),
  shipTo: Address.strict().optional(),
  billTo: Address.strict().optional(),
  note: z.string().max(5000).optional(),
})

const Submission = z.strictObject({
  id: id.describe("The channel's own id of the order. The same id means the same order."),
  number: text.optional().describe('The number that people use. Default: the id.'),
  placedAt: Moment,
  updatedAt: Moment.describe(
    'When the order last changed at the channel. Of two submissions of one order, the later one wins; of two with the same `updatedAt`, the last one received.',
  ),
  currency: KnownCurrency,
  taxesIncluded: z.boolean().describe('Whether `unitPrice` and shipping prices include tax.'),
  test: z.boolean().default(false),
  payment: z.enum(['pending', 'authorized', 'paid', 'refunded', 'voided']),
  cancelled: z.strictObject({ at: Moment, reason: text.optional() }).optional(),
  lines: z.array(Line).min(1).max(1000),
  shipping: z.array(Shipping).max(20).default([]),
  charges: z.array(Charge).max(20).default([]),
  discount: nothing.describe('Not allocated to any line, as a positive amount.'),
  tax: nothing.describe('Not allocated to any line.'),
  total: Amount.describe('The sum of the parts, at original quantities.'),
  currentTotal: Amount.optional().describe(
    'What remains after removals. Default: the total, or 0 if every unit was removed.',
  ),
  holds: z.array(Hold.strict()).max(10).optional(),
  tenders: z.array(Tender).max(20).optional(),
  facilitatedTax: Amount.optional(),
  presentment: z.strictObject({ currency: KnownCurrency, total: Amount }).optional(),
  people: Persons.default({}),
})

/**
 * An order from a point of sale, customer service or a partner. A later submission of the same `id` with a later
 * `updatedAt` is the current order; the difference is the amendment.
 */
export const OrderSubmission = Submission.superRefine((order, { addIssue }) => {
  for (const { path, amount, currency } of amountsOf(order)) {
    const digits = exponentOf(currency)
    // The currency itself was rejected.
    if (digits === undefined) continue
    if ((amount.split('.')[1] ?? '').replace(/0+$/, '').length <= digits) continue
    addIssue({ code: 'custom', path: [...path], message: sayDigits(currency, digits) })
  }
})
export type OrderSubmission = z.infer<typeof OrderSubmission>

interface Written {
  readonly path: readonly (string | number)[]
  readonly amount: string
  readonly currency: Currency
}

function amountsOf(order: z.infer<typeof Submission>): readonly Written[] {
  const { currency, presentment } = order
  const of = (row: object, ...at: readonly (string | number)[]): Written[] =>
    Object.entries(row).flatMap(([field, amount]) =>
      amountFields.has(field) && typeof amount === 'string'
        ? [{ path: [...at, field], amount, currency }]
        : [],
    )
  const rows = (field: 'lines' | 'shipping' | 'charges' | 'tenders') =>
    (order[field] ?? []).flatMap((row, index) => of(row, field, index))
  return [
    ...of(order),
    ...rows('lines'),
    ...rows('shipping'),
    ...rows('charges'),
    ...rows('tenders'),
    ...(presentment
      ? [
          {
            path: ['presentment', 'total'],
            amount: presentment.total,
            currency: presentment.currency,
          },
        ]
      : []),
  ]
}

const amountFields: ReadonlySet<string> = new Set([
  'amount',
  'currentTotal',
  'discount',
  'facilitatedTax',
  'price',
  'tax',
  'total',
  'unitPrice',
])

const sayDigits = (currency: Currency, digits: number): string =>
  digits === 0
    ? `write a whole amount: ${currency} has no smaller unit`
    : `write at most ${digits} digits after the decimal point: ${currency} has no smaller unit`
