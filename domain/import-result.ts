import type { Instant } from '../schemas/canonical/instant.ts'
import { csvLine } from './csv.ts'
import type { Files } from './ports.ts'

/** A wrong field in a file, and its correction. */
interface Fault {
  readonly line: number
  readonly field: string
  readonly value: string
  readonly wrong: string
  readonly instead: string
}

/** The result of an import, for the person who uploaded the file. */
interface ImportResult {
  readonly at: Instant
  readonly rows: number
  /** Rejected rows. */
  readonly refused: number
  readonly faults: readonly Fault[]
  /** Why the import was not completed. */
  readonly failed?: string
}

/** Writes the faults by row, and the counts; a clean file has an empty list. */
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
