import {
  type Column,
  CrossReferenceRow,
  columns,
  instead,
  optionalColumns,
} from '../../schemas/api/cross-reference-row.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { cellsOf, unguarded } from '../csv.ts'
import { type Heading as HeadingOf, readHeading as readHeadingOf } from '../heading.ts'
import { err, ok, type Result } from '../result.ts'

/** A wrong field in a file, and its correction. */
export interface Fault {
  readonly line: number
  /** A column, or `row` for the whole row. */
  readonly field: Column | 'row'
  readonly value: string
  readonly wrong: string
  readonly instead: string
}

export type Heading = HeadingOf<Column>

/** Reads the first line; the failure is a text for the file's author. */
export const readHeading = (text: string): Result<Heading, string> =>
  readHeadingOf(text, {
    all: columns,
    missing: (places) =>
      columns.filter((column) => !places.includes(column) && !optionalColumns.includes(column)),
  })

const isColumn = (name: string): name is Column => Object.hasOwn(instead, name)

/** The thing a wrong row belongs to, as far as it can be read. */
export interface BadRow {
  readonly faults: readonly Fault[]
  readonly about: Partial<Pick<CrossReferenceRow, 'connection' | 'kind' | 'code'>>
}

interface Known {
  readonly connections: ReadonlySet<ConnectionId>
}

/** Reads a line under its heading; the failure lists every fault. */
export function readRow(
  { line, text }: { readonly line: number; readonly text: string },
  heading: Heading,
  known: Known,
): Result<CrossReferenceRow, BadRow> {
  const row = (wrong: string): Result<never, BadRow> =>
    err({
      about: {},
      faults: [{ line, field: 'row', value: '', wrong, instead: heading.places.join(',') }],
    })
  const cells = cellsOf(text, heading.separator)
  if (!cells.ok) return row(cells.error)
  const { places } = heading
  // Spreadsheets omit empty cells at the end of a row, or add more.
  if (cells.value.slice(places.length).some((cell) => cell.trim() !== '')) {
    return row(`has ${cells.value.length} fields instead of ${places.length}`)
  }
  const fields = fieldsOf(cells.value, places)
  const parsed = CrossReferenceRow.safeParse(fields)
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({
      field: isColumn(String(path[0])) ? (String(path[0]) as Column) : ('row' as const),
      wrong: message,
    })),
    ...beyondShape(fields, known),
  ]
  if (parsed.success && faults.length === 0) return ok(parsed.data)
  return err({ faults: firstOfEach(faults, { line, fields }), about: aboutOf(fields, faults) })
}

type Fields = Readonly<Record<Column, string>>

function fieldsOf(cells: readonly string[], places: readonly Column[]): Fields {
  const at = (column: Column): string => unguarded(cells[places.indexOf(column)] ?? '')
  return {
    connection: at('connection').trim(),
    kind: at('kind').trim().toLowerCase(),
    code: at('code'),
    name: at('name'),
    quantity: at('quantity').trim(),
    from: at('from').trim(),
  }
}

type Wrong = Pick<Fault, 'field' | 'wrong'>

/** Checks that the schema cannot express. */
function beyondShape({ connection, kind, quantity }: Fields, { connections }: Known): Wrong[] {
  const ids: ReadonlySet<string> = connections
  return [
    ...(connection.includes('/') && !ids.has(connection)
      ? [{ field: 'connection', wrong: 'is not a connection in the settings' } as const]
      : []),
    ...(quantity !== '' && kind !== 'sku'
      ? [{ field: 'quantity', wrong: 'only a sku can be a bundle' } as const]
      : []),
  ]
}

/** One fault per field is enough to fix it. */
const firstOfEach = (
  faults: readonly Wrong[],
  { line, fields }: { readonly line: number; readonly fields: Fields },
): readonly Fault[] =>
  faults
    .filter(({ field }, i) => faults.findIndex((other) => other.field === field) === i)
    .map(({ field, wrong }) => ({
      line,
      field,
      value: field === 'row' ? '' : fields[field].slice(0, 200),
      wrong,
      instead: field === 'row' ? columns.join(',') : instead[field],
    }))

function aboutOf({ connection, kind, code }: Fields, faults: readonly Wrong[]): BadRow['about'] {
  const wrong = new Set<string>(faults.map(({ field }) => field))
  if (wrong.has('connection') || wrong.has('kind') || wrong.has('code')) return {}
  const { connection: id, kind: of } = CrossReferenceRow.pick({
    connection: true,
    kind: true,
  }).parse({ connection, kind })
  return { connection: id, kind: of, code }
}
