import { type CountColumn, countColumns } from '../../schemas/api/count-row.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { type CsvLine, lineReader } from '../csv.ts'
import type { Heading } from '../heading.ts'
import { type CountedAt, type CountFault, readCount, readCountHeading } from './count-row.ts'
import type { Location } from './places.ts'

export interface CountSheetEnd {
  readonly rows: number
  /** Rows of which nothing was taken. */
  readonly refused: number
  /** The first of what is wrong, by line. */
  readonly faults: readonly CountFault[]
}

interface Known {
  readonly locations: readonly Location[]
  readonly uploadedAt: Instant
}

/** Rows of a file beyond these are refused; it has to be split. */
const mostRows = 250_000

/** Faults that are told one by one; whoever has more of them has made one mistake many times. */
const mostFaults = 10_000

/** Reads a file in pieces, and gives what is right in it piece by piece: a bad row never stops the good ones. */
export function countSheetReader(known: Known) {
  const reader = lineReader()
  const lines = new Map<string, number>()
  const faults: CountFault[] = []
  let heading: Heading<CountColumn> | 'unknown' | undefined
  let rows = 0
  let refused = 0

  const refuse = (wrong: readonly CountFault[]): CountedAt[] => {
    refused += 1
    faults.push(...wrong.slice(0, Math.max(0, mostFaults - faults.length)))
    return []
  }
  const take = (text: CsvLine): CountedAt[] => {
    if (heading === undefined) {
      const read = readCountHeading(text.text)
      heading = read.ok ? read.value : 'unknown'
      return read.ok ? [] : refuse([headless(text, read.error)])
    }
    if (heading === 'unknown') return []
    rows += 1
    if (rows > mostRows) return refuse(rows === mostRows + 1 ? [tooMany(text.line)] : [])
    const row = readCount(text, heading, known)
    if (!row.ok) return refuse(row.error)
    const { location, count } = row.value
    const key = `${location.name}#${count.sku}`
    const first = lines.get(key)
    if (first !== undefined) return refuse([twice(text.line, { sku: count.sku, first })])
    lines.set(key, text.line)
    return [row.value]
  }
  return {
    read: (piece: string): readonly CountedAt[] => reader.read(piece).flatMap(take),
    end: (): { readonly last: readonly CountedAt[]; readonly sheet: CountSheetEnd } => {
      const last = reader.end().flatMap(take)
      return { last, sheet: { rows, refused, faults } }
    },
  }
}

const headless = ({ line, text }: CsvLine, wrong: string): CountFault => ({
  line,
  field: 'row',
  value: text.slice(0, 100),
  wrong: text.startsWith('PK\u0003') ? 'this is a workbook, not a CSV file' : wrong,
  instead: `${countColumns.join(',')} as the first line of a file saved as "CSV UTF-8"; location (or warehouse and code), sku and on-hand are enough`,
})

const tooMany = (line: number): CountFault => ({
  line,
  field: 'row',
  value: '',
  wrong: `a file has ${mostRows} rows at most, and this row and all that follow were left out`,
  instead: 'these rows into a second file',
})

const twice = (
  line: number,
  { sku, first }: { readonly sku: string; readonly first: number },
): CountFault => ({
  line,
  field: 'sku',
  value: sku.slice(0, 200),
  wrong: `stands in line ${first} already, at the same location`,
  instead: 'one row per article and location',
})
