import {
  type CountColumn,
  CountRow,
  countColumns,
  insteadOfCount,
} from '../../schemas/api/count-row.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { type CsvLine, cellsOf, unguarded } from '../csv.ts'
import { type Heading, readHeading } from '../heading.ts'
import { whyImplausible } from '../plausible.ts'
import { err, ok, type Result } from '../result.ts'
import type { RowFault } from '../row-reader.ts'
import type { ArticleCount } from './counting.ts'
import { isAhead } from './is-future.ts'
import type { Location } from './places.ts'

/** A wrong field in a file, and its correction. */
export type CountFault = RowFault<CountColumn>

export interface CountedAt {
  readonly location: Location
  readonly count: ArticleCount
}

interface Known {
  readonly locations: readonly Location[]
  /** The upload time: the default for `taken-at`, and its maximum. */
  readonly uploadedAt: Instant
}

/** Reads the first line; the failure is a text for the file's author. */
export const readCountHeading = (text: string): Result<Heading<CountColumn>, string> =>
  readHeading(text, {
    all: countColumns,
    missing: (places) => [
      ...(['sku', 'on-hand'] as const).filter((column) => !places.includes(column)),
      ...(places.includes('location') || (places.includes('warehouse') && places.includes('code'))
        ? []
        : ['location']),
    ],
  })

/** Reads a line under its heading; the failure lists every fault. */
export function readCount(
  { line, text }: CsvLine,
  heading: Heading<CountColumn>,
  known: Known,
): Result<CountedAt, readonly CountFault[]> {
  const fault = (field: CountFault['field'], wrong: string, value = ''): CountFault => ({
    line,
    field,
    value: value.slice(0, 200),
    wrong,
    instead: field === 'row' ? heading.places.join(',') : insteadOfCount[field],
  })
  const cells = cellsOf(text, heading.separator)
  if (!cells.ok) return err([fault('row', cells.error)])
  const { places } = heading
  // Spreadsheets omit empty cells at the end of a row, or add more.
  if (cells.value.slice(places.length).some((cell) => cell.trim() !== '')) {
    return err([fault('row', `has ${cells.value.length} fields instead of ${places.length}`)])
  }
  const fields = fieldsOf(cells.value, places)
  const row = CountRow.safeParse(fields)
  const location = locationOf(fields, known.locations)
  const wrongs = [
    ...(row.error?.issues ?? []).map(({ path, message }) => [String(path[0]), message] as const),
    ...(location.ok ? [] : [location.error]),
    ...(row.data ? contradictions(row.data, known) : []),
  ]
  if (row.success && location.ok && wrongs.length === 0) {
    return ok({ location: location.value, count: countOf(row.data, known) })
  }
  const columns = countColumns.flatMap((column) => {
    const wrong = wrongs.find(([name]) => name === column)
    return wrong ? [fault(column, wrong[1], fields[column])] : []
  })
  return err(columns)
}

type Fields = Readonly<Record<CountColumn, string>>

function fieldsOf(cells: readonly string[], places: readonly CountColumn[]): Fields {
  const at = (column: CountColumn): string => unguarded(cells[places.indexOf(column)] ?? '').trim()
  return {
    location: at('location'),
    warehouse: at('warehouse'),
    code: at('code'),
    sku: at('sku'),
    'on-hand': at('on-hand'),
    quarantined: at('quarantined'),
    'taken-at': at('taken-at'),
    sequence: at('sequence'),
    incoming: at('incoming'),
    'expected-at': at('expected-at'),
  }
}

type Wrong = readonly [CountColumn, string]

function locationOf(
  { location, warehouse, code }: Fields,
  known: readonly Location[],
): Result<Location, Wrong> {
  const names = () => known.map(({ name }) => name).join(', ') || '(none yet)'
  if (location !== '') {
    const found = known.find(({ name }) => name === location)
    return found ? ok(found) : err(['location', `is not one of ${names()}`])
  }
  if (warehouse === '' && code === '') return err(['location', 'is empty'])
  const there = known.filter((each) => each.warehouse === warehouse)
  if (there.length === 0) return err(['warehouse', 'has no location in the settings'])
  const found = there.find((each) => each.code === code)
  return found
    ? ok(found)
    : err(['code', `is not one of ${there.map((each) => each.code).join(', ')}`])
}

function contradictions(row: CountRow, { uploadedAt }: Known): readonly Wrong[] {
  const { 'taken-at': takenAt, incoming, 'expected-at': expectedAt } = row
  const moments = [
    ['taken-at', takenAt, 'happened'],
    ['expected-at', expectedAt, 'expected'],
  ] as const
  return [
    ...(takenAt !== undefined && isAhead(takenAt, uploadedAt)
      ? [['taken-at', 'is later than the upload'] as const]
      : []),
    ...moments.flatMap(([column, at, tense]): Wrong[] => {
      const wrong = at === undefined ? undefined : whyImplausible(at, tense, uploadedAt)
      return wrong === undefined ? [] : [[column, wrong]]
    }),
    ...((incoming ?? 0) > 0 && expectedAt === undefined
      ? [['expected-at', 'is missing, although incoming is set'] as const]
      : []),
    ...((row.quarantined ?? 0) > row['on-hand']
      ? [['quarantined', 'is more than on-hand'] as const]
      : []),
  ]
}

function countOf(row: CountRow, { uploadedAt }: Known): ArticleCount {
  const { sku, quarantined, sequence, incoming, 'expected-at': expectedAt } = row
  return {
    sku,
    at: row['taken-at'] ?? uploadedAt,
    onHand: row['on-hand'],
    ...(sequence !== undefined && { sequence }),
    ...(quarantined !== undefined && { quarantined }),
    ...(incoming !== undefined && {
      incoming: incoming > 0 && expectedAt !== undefined ? [{ units: incoming, expectedAt }] : [],
    }),
  }
}
