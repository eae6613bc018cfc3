import { writeImportResult } from '../../domain/import-result.ts'
import { parse } from '../../domain/parse.ts'
import type { CountedAt } from '../../domain/stock/count-row.ts'
import { type CountSheetEnd, countSheetReader } from '../../domain/stock/count-sheet.ts'
import { applyCounts, type CountingDeps } from '../../domain/stock/counting.ts'
import type { Location } from '../../domain/stock/places.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { FileUploaded } from '../../schemas/messages/file-uploaded.ts'
import { type ImportTermsDeps, importTerms } from './import-terms.ts'

export interface ImportStockDeps extends CountingDeps, ImportTermsDeps {
  /** Those in the settings. */
  readonly locations: readonly Location[]
}

export interface Imported {
  readonly did: string
  readonly count?: number
  readonly reason?: string
}

/** Upload prefixes: counts, full counts, and listing terms. */
const inbox = 'stock/'
const whole = 'stock/full/'
const terms = 'stock/terms/'

/**
 * Applies an uploaded count file: applies the good rows and reports the others. Reading the same file again changes
 * nothing, so an interrupted import is simply repeated.
 */
export async function importStock(body: string, deps: ImportStockDeps): Promise<Imported> {
  const uploaded = parse(FileUploaded, body)
  if (!uploaded.ok) return { did: 'skipped: not an S3 notification', reason: uploaded.error.reason }
  const { time, detail } = uploaded.value
  const { key } = detail.object
  // The console creates a folder as an empty object with its name.
  if (!key.startsWith(inbox) || key.endsWith('/')) return { did: 'skipped: not a file' }
  if (key.startsWith(terms)) {
    return { did: 'imported terms', count: await importTerms(key, time, deps) }
  }

  const { sheet, tally } = await applySheet(key, time, deps)
  const { rows, refused, faults } = sheet
  const { changed, unchanged, stale } = tally
  if (key.startsWith(whole) && refused === 0) {
    for (const [location, at] of tally.since) await deps.marks.raise(location, at)
  }
  await writeImportResult(
    key,
    { at: time, rows, refused, changed, unchanged, stale, faults },
    deps.files,
  )
  return { did: 'imported counts', count: changed }
}

/** Writes a result that says the import failed. */
export async function giveUp(
  body: string,
  reason: string,
  { files }: ImportStockDeps,
): Promise<void> {
  const uploaded = parse(FileUploaded, body)
  if (!uploaded.ok) return
  const { time, detail } = uploaded.value
  const nothing = { rows: 0, refused: 0, changed: 0, unchanged: 0, stale: 0, faults: [] }
  await writeImportResult(detail.object.key, { at: time, ...nothing, failed: reason }, files)
}

/** Rows that are processed together. */
const batch = 1000

async function applySheet(
  key: string,
  uploadedAt: Instant,
  deps: ImportStockDeps,
): Promise<{ readonly sheet: CountSheetEnd; readonly tally: Tally }> {
  const { locations, files } = deps
  const reader = countSheetReader({ locations, uploadedAt })
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const tally: Tally = { changed: 0, unchanged: 0, stale: 0, since: new Map() }
  const full = key.startsWith(whole)
  let waiting: CountedAt[] = []
  for await (const bytes of await files.read(key)) {
    waiting.push(...reader.read(decoder.decode(bytes, { stream: true })))
    while (waiting.length >= batch) {
      const some = waiting.slice(0, batch)
      waiting = waiting.slice(batch)
      await apply(some, { full, tally }, deps)
    }
  }
  waiting.push(...reader.read(decoder.decode()))
  const { last, sheet } = reader.end()
  await apply([...waiting, ...last], { full, tally }, deps)
  return { sheet, tally }
}

interface Tally {
  changed: number
  unchanged: number
  stale: number
  /** The earliest count time by location. */
  readonly since: Map<string, Instant>
}

async function apply(
  rows: readonly CountedAt[],
  { full, tally }: { readonly full: boolean; readonly tally: Tally },
  deps: ImportStockDeps,
): Promise<void> {
  for (const [location, same] of Map.groupBy(rows, (row) => row.location)) {
    const counts = same.map(({ count }) => count)
    for (const { is } of await applyCounts(location, { counts, full }, deps)) {
      // A count that a person uploads is always applied.
      if (is !== 'raised') tally[is] += 1
    }
    for (const { at } of counts) {
      const known = tally.since.get(location.name)
      if (known === undefined || at < known) tally.since.set(location.name, at)
    }
  }
}
