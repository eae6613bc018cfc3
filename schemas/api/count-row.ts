import { z } from 'zod'

/** Nobody has more of one article. */
const digits = /^\d{1,9}$/

const units = z.string().regex(digits, 'is no whole number of units, 0 or more').transform(Number)

const none = z.literal('').transform(() => undefined)

const sku = z
  .string()
  .min(1, 'is empty')
  .max(200, 'is longer than 200 characters')
  .refine((value) => !value.includes('\uFFFD'), 'holds characters that are not UTF-8')
  .refine((value) => !/\p{Cc}/u.test(value), 'holds characters that cannot be seen')
  .refine(
    (value) => !/^\d([.,]\d+)?E\+\d+$/i.test(value),
    'was turned into a number by a spreadsheet',
  )

const moment = z.union(
  [none, z.iso.datetime({ offset: true }).transform((at) => new Date(at).toISOString())],
  { error: 'is no moment with a time and Z or an offset' },
)

const optionalUnits = z.union([none, units], { error: 'is no whole number of units, 0 or more' })

/** A line of the CSV file in which people bring counts; every field is text. */
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

/** A column of the file. */
export type CountColumn = keyof CountRow

/** The columns, as the first line names them. */
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

/** What to write into a column, for whoever wrote something else. */
export const insteadOfCount: Readonly<Record<CountColumn, string>> = {
  location: 'the name that the settings give the location',
  warehouse: 'a connection of the settings, for example shipbob/main, beside the code',
  code: 'what the warehouse calls the location',
  sku: 'what the warehouse calls the article; in a spreadsheet, format the column as text',
  'on-hand': 'whole units that lie there, what cannot be sold included',
  quarantined: 'how many of them cannot be sold, or nothing for as many as before',
  'taken-at':
    'when it was counted, for example 2027-01-01T14:30:00+01:00, or nothing for the upload',
  sequence: 'a whole number that is greater for the later of two counts of one moment, or nothing',
  incoming: 'whole units on their way, beside expected-at, or nothing',
  'expected-at': 'when they are expected, for example 2027-01-01T08:00:00Z, or nothing',
}
