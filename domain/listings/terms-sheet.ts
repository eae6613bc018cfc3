import {
  insteadOfTerms,
  type TermsColumn,
  TermsRow,
  termsColumns,
} from '../../schemas/api/terms-row.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { type CsvLine, cellsOf, unguarded } from '../csv.ts'
import { type Heading, readHeading } from '../heading.ts'
import { err, ok, type Result } from '../result.ts'
import { type RowFault, type RowsEnd, rowReader } from '../row-reader.ts'
import type { TermsTold } from './terms.ts'

export type TermsFault = RowFault<TermsColumn>
export type TermsSheetEnd = RowsEnd<TermsColumn>

/** What a row says of a listing. */
export interface TermsAt {
  readonly line: number
  readonly channel: ConnectionId
  readonly told: TermsTold
}

/** Reads a file of terms; `channels` are those of the settings. */
export const termsSheetReader = (channels: ReadonlySet<ConnectionId>) =>
  rowReader<TermsAt, TermsColumn>({
    heading: (text) =>
      readHeading(text, {
        all: termsColumns,
        missing: (places) =>
          (['channel', 'sku'] as const).filter((column) => !places.includes(column)),
      }),
    row: (line, heading) => readTerms(line, heading, channels),
    keyOf: ({ channel, told }) => `${channel}#${told.sku}`,
    twice: ({ told }) => ({
      value: told.sku,
      field: 'sku',
      where: ', for the same channel',
      instead: 'one row per channel and listing',
    }),
    columns: `${termsColumns.join(',')} as the first line of a file saved as "CSV UTF-8"; channel, sku and the columns to set are enough`,
  })

/** A listing that the channel is not known to sell. */
export const unknownListing = ({ line, told }: TermsAt): TermsFault => ({
  line,
  field: 'sku',
  value: told.sku.slice(0, 200),
  wrong: 'is not known to be sold by the channel',
  instead: insteadOfTerms.sku,
})

function readTerms(
  { line, text }: CsvLine,
  { separator, places }: Heading<TermsColumn>,
  channels: ReadonlySet<ConnectionId>,
): Result<TermsAt, readonly TermsFault[]> {
  const cells = cellsOf(text, separator)
  const whole = (wrong: string): TermsFault[] => [
    { line, field: 'row', value: '', wrong, instead: places.join(',') },
  ]
  if (!cells.ok) return err(whole(cells.error))
  // Spreadsheets leave out what is empty at the end of a row, or put more of it there.
  if (cells.value.slice(places.length).some((cell) => cell.trim() !== '')) {
    return err(whole(`has ${cells.value.length} fields instead of ${places.length}`))
  }
  const at = (column: TermsColumn): string =>
    unguarded(cells.value[places.indexOf(column)] ?? '').trim()
  const fields = Object.fromEntries(termsColumns.map((column) => [column, at(column)]))
  const row = TermsRow.safeParse(fields)
  const channel = [...channels].find((id) => id === at('channel'))
  const wrongs = new Map((row.error?.issues ?? []).map((one) => [one.path[0], one.message]))
  if (!channel) wrongs.set('channel', `is not one of ${[...channels].join(', ')}`)
  if (row.data && isUpsideDown(row.data)) wrongs.set('minimum', 'is more than maximum')
  if (row.success && channel && wrongs.size === 0)
    return ok({ line, channel, told: toldBy(row.data) })
  return err(
    termsColumns.flatMap((field): TermsFault[] => {
      const wrong = wrongs.get(field)
      const value = at(field).slice(0, 200)
      return wrong ? [{ line, field, value, wrong, instead: insteadOfTerms[field] }] : []
    }),
  )
}

const isUpsideDown = ({ minimum = 0, maximum }: TermsRow): boolean =>
  maximum !== undefined && minimum > maximum

function toldBy(row: TermsRow): TermsTold {
  const { channel: _, sku, 'lead-time-days': leadTimeDays, ...terms } = row
  return { sku, terms: { ...terms, leadTimeDays } }
}
