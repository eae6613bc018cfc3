import type { Fault } from '../../domain/cross-references/row.ts'
import { writeImportResult } from '../../domain/import-result.ts'
import type { Files } from '../../domain/ports.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'

/** What came of a file, for whoever put it there. */
export interface Result {
  readonly at: Instant
  readonly rows: number
  /** Rows of which nothing was taken. */
  readonly refused: number
  /** Codes that are called something else now. */
  readonly changed: number
  /** Orders that waited and go on. */
  readonly resumed: number
  readonly faults: readonly Fault[]
  /** Why the import did not come to its end, when it did not. */
  readonly failed?: string
}

export const writeResult: (name: string, result: Result, files: Files) => Promise<void> =
  writeImportResult
