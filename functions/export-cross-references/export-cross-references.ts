import { keyOf } from '../../domain/cross-references/naming.ts'
import { headingLine, linesOf } from '../../domain/cross-references/sheet.ts'
import type { CrossReferenceStore, Files } from '../../domain/ports.ts'

export interface ExportCrossReferencesDeps {
  readonly store: Pick<CrossReferenceStore, 'all'>
  readonly files: Pick<Files, 'write'>
  log(message: string, fields: { readonly count: number }): void
}

export interface Exported {
  readonly key: string
  readonly rows: number
}

const key = 'exports/cross-references.csv'

/** Writes all names to one file, sorted, so that exports can be compared. */
export async function exportCrossReferences(deps: ExportCrossReferencesDeps): Promise<Exported> {
  const blocks: { readonly key: string; readonly lines: readonly string[] }[] = []
  for await (const reference of deps.store.all()) {
    blocks.push({ key: keyOf(reference), lines: linesOf(reference) })
  }
  blocks.sort((a, b) => (a.key < b.key ? -1 : 1))
  const lines = blocks.flatMap((block) => block.lines)
  const text = [headingLine, ...lines].map((line) => `${line}\r\n`).join('')
  await deps.files.write(key, { text, type: 'text/csv; charset=utf-8' })
  deps.log('exported cross-references', { count: lines.length })
  return { key, rows: lines.length }
}
