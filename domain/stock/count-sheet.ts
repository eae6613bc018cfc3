import { type CountColumn, countColumns } from '../../schemas/api/count-row.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { type RowsEnd, rowReader } from '../row-reader.ts'
import { type CountedAt, readCount, readCountHeading } from './count-row.ts'
import type { Location } from './places.ts'

export type CountSheetEnd = RowsEnd<CountColumn>

interface Known {
  readonly locations: readonly Location[]
  readonly uploadedAt: Instant
}

/** Reads a count file. */
export const countSheetReader = (known: Known) =>
  rowReader<CountedAt, CountColumn>({
    heading: readCountHeading,
    row: (line, heading) => readCount(line, heading, known),
    keyOf: ({ location, count }) => `${location.name}#${count.sku}`,
    twice: ({ count }) => ({
      value: count.sku,
      field: 'sku',
      where: ', at the same location',
      instead: 'one row per article and location',
    }),
    columns: `${countColumns.join(',')} as the first line of a file saved as "CSV UTF-8"; location (or warehouse and code), sku and on-hand are enough`,
  })
