import { cellsOf } from './csv.ts'
import { err, ok, type Result } from './result.ts'

/** The structure of a file's first line. */
export interface Heading<Column extends string = string> {
  readonly separator: string
  /** The column at each position. */
  readonly places: readonly Column[]
}

interface Columns<Column extends string> {
  readonly all: readonly Column[]
  /** The missing columns, given those that are present. */
  missing(places: readonly Column[]): readonly string[]
}

const separators = [',', ';', '\t'] as const

/** Reads the first line; the failure is a text for the file's author. */
export function readHeading<Column extends string>(
  text: string,
  { all, missing }: Columns<Column>,
): Result<Heading<Column>, string> {
  const isColumn = (name: string): name is Column => all.some((column) => column === name)
  for (const separator of separators) {
    const cells = cellsOf(text, separator)
    if (!cells.ok || cells.value.length < 2) continue
    const names = cells.value.map((cell) => cell.trim().toLowerCase())
    const places = names.filter(isColumn)
    if (places.length === 0) continue
    const strange = names.filter((name) => !isColumn(name))
    const lacking = missing(places)
    const twice = places.filter((name, i) => places.indexOf(name) !== i)
    if (strange.length > 0) return err(`unknown column ${strange.join(', ')}`)
    if (lacking.length > 0) return err(`missing column ${lacking.join(', ')}`)
    if (twice.length > 0) return err(`duplicate column ${twice.join(', ')}`)
    return ok({ separator, places })
  }
  return err('the first line does not name the columns')
}
