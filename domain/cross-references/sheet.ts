import { type CrossReferenceRow, columns } from '../../schemas/api/cross-reference-row.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { CrossReference, Naming, Thing } from '../../schemas/stored/cross-reference.ts'
import { type CsvLine, csvLine, lineReader } from '../csv.ts'
import type { Addition } from '../ports.ts'
import { emptyFile, noRows } from '../row-reader.ts'
import { keyOf } from './naming.ts'
import { type BadRow, type Fault, type Heading, readHeading, readRow } from './row.ts'

export interface Sheet {
  /** One entry per thing. */
  readonly additions: readonly Addition[]
  readonly rows: number
  /** Rejected rows. */
  readonly refused: number
  /** The first faults, by line. */
  readonly faults: readonly Fault[]
}

interface Given {
  readonly connections: ReadonlySet<ConnectionId>
  /** Start of names whose row states no time. */
  readonly now: Instant
}

/** Rows beyond this are rejected; the file must be split. */
const mostRows = 500_000

/** Characters beyond this are not read; half a million usual rows have a tenth of them. */
const mostCharacters = 50_000_000

/** Faults that are listed at most; more are usually one mistake repeated. */
const mostFaults = 10_000

interface Row {
  /** Absent: from now on. */
  readonly from: Instant | undefined
  readonly line: number
  readonly name: string
  readonly quantity: number | undefined
}

/** The rows of one thing. */
interface Pile extends Thing {
  readonly rows: Row[]
  /** The line of a wrong row: without it the bundle would lack a component. */
  spoiled?: number
}

/** Reads a file in chunks. A bad row never blocks good ones; a bundle is imported as a whole or not at all. */
export function sheetReader({ connections, now }: Given) {
  const reader = lineReader()
  const piles = new Map<string, Pile>()
  const faults: Fault[] = []
  const bad = new Set<number>()
  let heading: Heading | 'unknown' | undefined
  let rows = 0
  let characters = 0

  const accuse = (fault: Fault): void => {
    bad.add(fault.line)
    if (faults.length < mostFaults) faults.push(fault)
  }
  const take = (text: CsvLine): void => {
    if (heading === undefined) {
      const read = readHeading(text.text)
      heading = read.ok ? read.value : 'unknown'
      if (!read.ok) accuse(headless(text, read.error))
      return
    }
    if (heading === 'unknown') return
    rows += 1
    if (rows > mostRows) {
      if (rows === mostRows + 1) accuse(tooMany(text.line))
      return
    }
    const row = readRow(text, heading, { connections })
    if (row.ok) pile(piles, row.value, text.line)
    else {
      row.error.faults.forEach(accuse)
      spoil(piles, row.error, text.line)
    }
  }
  return {
    /** False if the rest of the file need not be read. */
    read(piece: string): boolean {
      characters += piece.length
      if (characters <= mostCharacters) reader.read(piece).forEach(take)
      return characters <= mostCharacters && heading !== 'unknown'
    },
    end(): Sheet {
      // A line cut in the middle would be read as a wrong row.
      if (characters <= mostCharacters) reader.end().forEach(take)
      else accuse(tooLarge)
      if (heading === undefined) accuse(emptyFile(firstLine))
      else if (rows === 0 && heading !== 'unknown') faults.push(noRows)
      const additions = [...piles.values()].flatMap((one) => additionOf(one, now, accuse))
      faults.sort((a, b) => a.line - b.line)
      const beyond = Math.max(0, rows - mostRows - 1)
      return { additions, rows, refused: bad.size + beyond, faults }
    },
  }
}

const headless = ({ line, text }: CsvLine, wrong: string): Fault => ({
  line,
  field: 'row',
  value: text.slice(0, 100),
  wrong: text.startsWith('PK\u0003') ? 'this is a workbook, not a CSV file' : wrong,
  instead: firstLine,
})

const firstLine = `${columns.join(',')} as the first line of a file saved as "CSV UTF-8"`

const tooLarge: Fault = {
  line: 0,
  field: 'row',
  value: '',
  wrong: `a file has at most ${mostCharacters} characters; the rows beyond were ignored`,
  instead: 'the rows into several uncompressed files',
}

const tooMany = (line: number): Fault => ({
  line,
  field: 'row',
  value: '',
  wrong: `a file has at most ${mostRows} rows; this row and all that follow were ignored`,
  instead: 'these rows into a second file',
})

function pile(piles: Map<string, Pile>, row: CrossReferenceRow, line: number): void {
  const { from, name, quantity } = row
  pileOf(piles, row).rows.push({ from, line, name, quantity })
}

function spoil(piles: Map<string, Pile>, { about }: BadRow, line: number): void {
  const { connection, kind, code } = about
  if (connection && kind && code !== undefined) {
    pileOf(piles, { connection, kind, code }).spoiled ??= line
  }
}

function pileOf(piles: Map<string, Pile>, { connection, kind, code }: Thing): Pile {
  const key = keyOf({ connection, kind, code })
  const known = piles.get(key)
  if (known) return known
  const made: Pile = { connection, kind, code, rows: [] }
  piles.set(key, made)
  return made
}

function additionOf(one: Pile, now: Instant, accuse: (fault: Fault) => void): Addition[] {
  const { connection, kind, code, rows, spoiled } = one
  const told = [...Map.groupBy(rows, ({ from }) => from)].flatMap(
    ([from, same]): Addition['told'] => {
      const naming = namingOf(same, from ?? now)
      const isBundle = same.some(({ quantity }) => quantity !== undefined)
      const wrong =
        isBundle && spoiled !== undefined
          ? `line ${spoiled} of the same bundle is wrong, so the whole bundle was rejected`
          : naming.wrong
      if (wrong === undefined && naming.value) {
        return [{ naming: naming.value, ...(from === undefined && { now: true }) }]
      }
      for (const { line, name } of same) accuse(contrary({ line, name, code }, wrong ?? ''))
      return []
    },
  )
  return told.length > 0 ? [{ connection, kind, code, told }] : []
}

const contrary = (row: Pick<Row, 'line' | 'name'> & { readonly code: string }, wrong: string) => ({
  line: row.line,
  field: 'row' as const,
  value: `${row.code} ${row.name}`,
  wrong,
  instead:
    'one row per code and time, or one row per component of a bundle, each with its quantity',
})

/** All rows of one thing from one instant: one name, which may be repeated, or the components of a bundle. */
function namingOf(
  rows: readonly Row[],
  from: Instant,
): { readonly value?: Naming; readonly wrong?: string } {
  const [first, ...others] = rows
  if (!first) return {}
  const lines = rows.map(({ line }) => line).join(', ')
  const parts = rows.flatMap(({ name, quantity }) => (quantity ? [{ sku: name, quantity }] : []))
  if (parts.length === 0) {
    return others.every(({ name }) => name === first.name)
      ? { value: { from, name: first.name } }
      : { wrong: `lines ${lines} give one code several names from the same time` }
  }
  if (parts.length < rows.length) return { wrong: `only some of lines ${lines} have a quantity` }
  const [part, ...more] = parts
  if (!part || new Set(parts.map(({ sku }) => sku)).size < parts.length) {
    return { wrong: `lines ${lines} name the same component` }
  }
  return { value: { from, components: [part, ...more] } }
}

/** The first line of an export. */
export const headingLine = csvLine(columns)

/** A thing's rows in import format; importing an export changes nothing. */
export const linesOf = ({ connection, kind, code, names }: CrossReference): readonly string[] =>
  names.flatMap((naming) =>
    'name' in naming
      ? [csvLine([connection, kind, code, naming.name, '', naming.from])]
      : naming.components.map(({ sku, quantity }) =>
          csvLine([connection, kind, code, sku, String(quantity), naming.from]),
        ),
  )
