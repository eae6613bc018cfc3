import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { NameKind } from '../canonical/name-kind.ts'

const text = z
  .string()
  .min(1, 'is empty')
  .max(200, 'is longer than 200 characters')
  .refine((value) => value === value.trim(), 'begins or ends with a space')
  .refine((value) => !value.includes('\uFFFD'), 'contains characters that are not UTF-8')
  .refine(
    (value) => !/[\p{Cc}\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/u.test(value),
    'contains invisible characters',
  )
  .refine(
    (value) => !/^\d([.,]\d+)?E\+\d+$/i.test(value),
    'was changed to a number by a spreadsheet',
  )

/** A day means midnight UTC. */
const moment = z.union(
  [
    z.literal('').transform(() => undefined),
    z.iso.date().transform((day) => `${day}T00:00:00.000Z`),
    z.iso.datetime({ offset: true }).transform((at) => new Date(at).toISOString()),
  ],
  { error: 'is not a time' },
)

/** A row of a cross-reference file; every field is text. */
export const CrossReferenceRow = z.object({
  connection: z.string().pipe(ConnectionId),
  kind: z.string().pipe(NameKind),
  code: text,
  name: text,
  /** Only for a component of a bundle, named by `name`. */
  quantity: z
    .string()
    .regex(/^([1-9]\d{0,5})?$/, 'is not a whole number from 1 to 999999')
    .transform((digits) => (digits === '' ? undefined : Number(digits))),
  from: moment,
})
export type CrossReferenceRow = z.infer<typeof CrossReferenceRow>

export type Column = keyof CrossReferenceRow

/** The columns in export order. */
export const columns: readonly Column[] = ['connection', 'kind', 'code', 'name', 'quantity', 'from']

export const optionalColumns: readonly Column[] = ['quantity', 'from']

/** The correction for a wrong field, by column. */
export const instead: Readonly<Record<Column, string>> = {
  connection: 'a connection in the settings, for example netsuite/main',
  kind: `one of ${NameKind.options.join(', ')}`,
  code: "the channel's code, exactly as in the exception; in a spreadsheet, format the column as text",
  name: "the connection's name for it; in a spreadsheet, format the column as text",
  quantity: 'units of this component in one bundle, or empty',
  from: 'a time such as 2027-01-01T00:00:00Z, a day such as 2027-01-01, or empty for now',
}
