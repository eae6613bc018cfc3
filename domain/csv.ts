import { err, ok, type Result } from './result.ts'

/** One line of a CSV file; `line` counts from 1. */
export interface CsvLine {
  readonly line: number
  readonly text: string
}

/** Longer lines are truncated, so that a file without line ends does not fill the memory. */
const longest = 100_000

/**
 * Splits text chunks into lines. A row is always one line, even with line breaks in quotes, so that an unclosed quote
 * spoils one row and not the rest of the file.
 */
export function lineReader() {
  let rest = ''
  let line = 0
  const numbered = (texts: readonly string[]): CsvLine[] =>
    texts.flatMap((text) => {
      line += 1
      return text.trim() === '' ? [] : [{ line, text }]
    })
  return {
    read(piece: string): readonly CsvLine[] {
      const start = line === 0 && rest === '' ? piece.replace(/^\uFEFF/, '') : piece
      const texts = (rest + start).split(/\r\n|\n|\r(?=[^\n])/)
      rest = (texts.pop() ?? '').slice(0, longest)
      return numbered(texts)
    },
    end: (): readonly CsvLine[] => numbered([rest.replace(/\r$/, '')]),
  }
}

/** The cells of a line by RFC 4180; the failure is a text. */
export function cellsOf(text: string, separator: string): Result<readonly string[], string> {
  if (!text.includes('"')) return ok(text.split(separator))
  const cells: string[] = []
  for (let at = 0; at <= text.length; ) {
    const cell = text[at] === '"' ? quotedAt(text, at) : bareAt(text, at, separator)
    if (!cell) return err('a quote is not closed on this line')
    cells.push(cell.value)
    if (cell.end < text.length && text[cell.end] !== separator) {
      return err('text follows a closing quote')
    }
    at = cell.end + 1
  }
  return ok(cells)
}

interface Cell {
  readonly value: string
  /** Position of the separator, or the end. */
  readonly end: number
}

function quotedAt(text: string, start: number): Cell | undefined {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] === '"') continue
    return { value: text.slice(start + 1, at).replaceAll('""', '"'), end: at + 1 }
  }
  return undefined
}

function bareAt(text: string, start: number, separator: string): Cell {
  const found = text.indexOf(separator, start)
  const end = found === -1 ? text.length : found
  return { value: text.slice(start, end), end }
}

/** A line of cells, without the line's end. */
export const csvLine = (cells: readonly string[]): string =>
  cells.map((cell) => quoted(guarded(cell))).join(',')

/**
 * Spreadsheets run a cell with this beginning as a formula, in Japan also the wide forms (OWASP, "CSV Injection"). An
 * apostrophe makes it text; another distinguishes ours from the cell's own.
 */
const formula = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

const guarded = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)

/** The cell without the guard. */
export const unguarded = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell

const quoted = (cell: string): string =>
  /[",;\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
