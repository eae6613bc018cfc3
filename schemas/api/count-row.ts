import { z } from 'zod'

const digits = /^\d{1,9}$/

const units = z
  .string()
  .regex(digits, 'is not a whole number of units, 0 or more')
  .transform(Number)

const none = z.literal('').transform(() => undefined)

const sku = z
  .string()
  .min(1, 'is empty')
  .max(200, 'is longer than 200 characters')
  .refine((value) => !value.includes('\uFFFD'), 'contains characters that are not UTF-8')
  .refine((value) => !/\p{Cc}/u.test(value), 'contains invisible characters')
  .refine(
    (value) => !/^\d([.,]\d+)?E\+\d+$/i.test(value),
    'was changed to a number by a spreadsheet',
  )

const moment = z.union(
  [none, z.iso.datetime({ offset: true }).transform((at) => new Date(at).toISOString())],
  { error: 'is not a time with Z or an offset' },
)

const optionalUnits = z.union([none, units], { error: 'is not a whole number of units, 0 or more' })

/** A row of a count file; every field is text. */
export const CountRow = z.object({
  location: z.string(),
  warehouse: z.string(),
  code: z.string(),
  sku,
  'on-hand': units,
  quarantined: optionalUnits,
  'taken-at': moment,
  sequence: optionalUnits,
  incoming: optionalUnits,
  'expected-at': moment,
})
export type CountRow = z.infer<typeof CountRow>

export type CountColumn = keyof CountRow

/** The columns in the order of the first line. */
export const countColumns: readonly CountColumn[] = [
  'location',
  'warehouse',
  'code',
  'sku',
  'on-hand',
  'quarantined',
  'taken-at',
  'sequence',
  'incoming',
  'expected-at',
]

/** The correction for a wrong field, by column. */
export const insteadOfCount: Readonly<Record<CountColumn, string>> = {
  location: "the location's name in the settings",
  warehouse: 'a connection in the settings, for example shipbob/main, together with the code',
  code: "the warehouse's code for the location",
  sku: "the warehouse's SKU; in a spreadsheet, format the column as text",
  'on-hand': 'whole units at the location, including those that cannot be sold',
  quarantined: 'units among them that cannot be sold, or empty for no change',
  'taken-at':
    'when it was counted, for example 2027-01-01T14:30:00+01:00, or empty for the time of the upload',
  sequence: 'a whole number, higher for the later of two counts with the same time, or empty',
  incoming: 'whole units on their way, together with expected-at, or empty',
  'expected-at': 'when they are expected, for example 2027-01-01T08:00:00Z, or empty',
}
