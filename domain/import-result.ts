import type { Instant } from '../schemas/canonical/instant.ts'
import { csvLine } from './csv.ts'
import type { Files } from './ports.ts'

/** What is wrong with a field of a file, and what to write there. */
interface Fault {
  readonly line: number
  readonly field: string
  readonly value: string
  readonly wrong: string
  readonly instead: string
}

/** What came of a file, for whoever put it there. */
interface ImportResult {
  readonly at: Instant
  readonly rows: number
  /** Rows of which nothing was taken. */
  readonly refused: number
  readonly faults: readonly Fault[]
  /** Why the import did not come to its end, when it did not. */
  readonly failed?: string
}

/** Writes what is wrong row by row, and the counts; a file that is clean has a list without rows. */
export async function writeImportResult<R extends ImportResult>(
  name: string,
  { faults, ...counts }: R,
  files: Files,
): Promise<void> {
  const lines = [
    'line,field,value,wrong,instead',
    ...faults.map(({ line, field, value, wrong, instead }) =>
      csvLine([String(line), field, value, wrong, instead]),
    ),
  ]
  const text = lines.map((line) => `${line}\r\n`).join('')
  await files.write(`results/${name}.errors.csv`, { text, type: 'text/csv; charset=utf-8' })
  const summary = { file: name, ...counts, listed: faults.length }
  const json = `${JSON.stringify(summary, undefined, 2)}\n`
  await files.write(`results/${name}.summary.json`, { text: json, type: 'application/json' })
}
