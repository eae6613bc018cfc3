import { type CsvLine, lineReader } from './csv.ts'
import type { Heading } from './heading.ts'
import type { Result } from './result.ts'

/** What is wrong with a field of a file, and what to write there. */
export interface RowFault<Column extends string = string> {
  readonly line: number
  /** A column, or `row` where the whole row is meant. */
  readonly field: Column | 'row'
  readonly value: string
  readonly wrong: string
  readonly instead: string
}

/** How the rows of one kind of file are read. */
export interface RowKind<Row, Column extends string> {
  /** Reads the first line; fails in words for whoever saved the file. */
  heading(text: string): Result<Heading<Column>, string>
  /** Reads a line under its heading; fails with everything that is wrong with it. */
  row(line: CsvLine, heading: Heading<Column>): Result<Row, readonly RowFault<Column>[]>
  /** Rows with the same key say the same thing twice. */
  keyOf(row: Row): string
  /** What to say of a second row: its value, and in which words. */
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
  /** Rows of which nothing was taken. */
  readonly refused: number
  /** The first of what is wrong, by line. */
  readonly faults: readonly RowFault<Column>[]
}

/** Rows of a file beyond these are refused; it has to be split. */
const mostRows = 250_000

/** Faults that are told one by one; whoever has more of them has made one mistake many times. */
const mostFaults = 10_000

/** Reads a file in pieces, and gives what is right in it piece by piece: a bad row never stops the good ones. */
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
      const wrong = `stands in line ${first} already${where}`
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

/** A file in which nothing is written, whatever blanks and marks it has. */
export const emptyFile = (columns: string) => ({
  line: 1,
  field: 'row' as const,
  value: '',
  wrong: 'the file is empty',
  instead: columns,
})

/** A file that has its first line and nothing else. */
export const noRows = {
  line: 1,
  field: 'row' as const,
  value: '',
  wrong: 'the file has no rows under its first line',
  instead: 'at least one row under the first line',
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
  wrong: `a file has ${mostRows} rows at most, and this row and all that follow were left out`,
  instead: 'these rows into a second file',
})
