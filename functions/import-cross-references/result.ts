import type { Fault } from '../../domain/cross-references/row.ts'
import { writeImportResult } from '../../domain/import-result.ts'
import type { Files } from '../../domain/ports.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'

/** The result of an import, for the person who uploaded the file. */
export interface Result {
  readonly at: Instant
  readonly rows: number
  /** Rejected rows. */
  readonly refused: number
  /** Codes whose name changed. */
  readonly changed: number
  /** Waiting orders that continue. */
  readonly resumed: number
  readonly faults: readonly Fault[]
  /** Why the import was not completed. */
  readonly failed?: string
}

export const writeResult: (name: string, result: Result, files: Files) => Promise<void> =
  writeImportResult
