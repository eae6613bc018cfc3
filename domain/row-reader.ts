import { type CsvLine, lineReader } from './csv.ts'
import type { Heading } from './heading.ts'
import type { Result } from './result.ts'

/** A wrong field in a file, and its correction. */
export interface RowFault<Column extends string = string> {
  readonly line: number
  /** A column, or `row` for the whole row. */
  readonly field: Column | 'row'
  readonly value: string
  readonly wrong: string
  readonly instead: string
}

/** How the rows of one kind of file are read. */
export interface RowKind<Row, Column extends string> {
  /** Reads the first line; the failure is a text for the file's author. */
  heading(text: string): Result<Heading<Column>, string>
  /** Reads a line under its heading; the failure lists every fault. */
  row(line: CsvLine, heading: Heading<Column>): Result<Row, readonly RowFault<Column>[]>
  /** Rows with the same key are duplicates. */
  keyOf(row: Row): string
  /** How to report a duplicate row. */
  twice(row: Row): {
    readonly value: string
    readonly field: Column
    readonly where: string
    readonly instead: string
  }
  /** The columns, and which of them are enough. */
  readonly columns: string
}

export interface RowsEnd<Column extends string = string> {
  readonly rows: number
  /** Rejected rows. */
  readonly refused: number
  /** The first faults, by line. */
  readonly faults: readonly RowFault<Column>[]
}

/** Rows beyond this are rejected; the file must be split. */
const mostRows = 250_000

/** Faults that are listed at most; more are usually one mistake repeated. */
const mostFaults = 10_000

/** Reads a file in chunks and yields its good rows: a bad row never blocks good ones. */
export function rowReader<Row, Column extends string>(kind: RowKind<Row, Column>) {
  const reader = lineReader()
  const lines = new Map<string, number>()
  const faults: RowFault<Column>[] = []
  let heading: Heading<Column> | 'unknown' | undefined
  let rows = 0
  let refused = 0

  const refuse = (wrong: readonly RowFault<Column>[]): Row[] => {
    refused += 1
    faults.push(...wrong.slice(0, Math.max(0, mostFaults - faults.length)))
    return []
  }
  const take = (text: CsvLine): Row[] => {
    if (heading === undefined) {
      const read = kind.heading(text.text)
      heading = read.ok ? read.value : 'unknown'
      return read.ok ? [] : refuse([headless(text, read.error, kind.columns)])
    }
    if (heading === 'unknown') return []
    rows += 1
    if (rows > mostRows) return refuse(rows === mostRows + 1 ? [tooMany(text.line)] : [])
    const row = kind.row(text, heading)
    if (!row.ok) return refuse(row.error)
    const key = kind.keyOf(row.value)
    const first = lines.get(key)
    if (first !== undefined) {
      const { value, field, where, instead } = kind.twice(row.value)
      const wrong = `is also in line ${first}${where}`
      return refuse([{ line: text.line, field, value: value.slice(0, 200), wrong, instead }])
    }
    lines.set(key, text.line)
    return [row.value]
  }
  return {
    read: (piece: string): readonly Row[] => reader.read(piece).flatMap(take),
    end: (): { readonly last: readonly Row[]; readonly sheet: RowsEnd<Column> } => {
      const last = reader.end().flatMap(take)
      if (heading === undefined) refuse([emptyFile(kind.columns)])
      else if (rows === 0 && heading !== 'unknown') faults.push(noRows)
      return { last, sheet: { rows, refused, faults } }
    },
  }
}

/** A file without content, apart from blanks and marks. */
export const emptyFile = (columns: string) => ({
  line: 1,
  field: 'row' as const,
  value: '',
  wrong: 'the file is empty',
  instead: columns,
})

/** A file with only its first line. */
export const noRows = {
  line: 1,
  field: 'row' as const,
  value: '',
  wrong: 'the file has no rows below its first line',
  instead: 'at least one row below the first line',
}

const headless = ({ line, text }: CsvLine, wrong: string, columns: string): RowFault<never> => ({
  line,
  field: 'row',
  value: text.slice(0, 100),
  wrong: text.startsWith('PK\u0003') ? 'this is a workbook, not a CSV file' : wrong,
  instead: columns,
})

const tooMany = (line: number): RowFault<never> => ({
  line,
  field: 'row',
  value: '',
  wrong: `a file has at most ${mostRows} rows; this row and all that follow were ignored`,
  instead: 'these rows into a second file',
})
