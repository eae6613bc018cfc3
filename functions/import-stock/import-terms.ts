import { writeImportResult } from '../../domain/import-result.ts'
import { type RequestDeps, requestNamed } from '../../domain/listings/request-listings.ts'
import { setTerms, type TermsDeps } from '../../domain/listings/terms.ts'
import {
  type TermsAt,
  type TermsSheetEnd,
  termsSheetReader,
  unknownListing,
} from '../../domain/listings/terms-sheet.ts'
import type { Files } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'

export interface ImportTermsDeps extends TermsDeps, RequestDeps {
  readonly files: Files
  /** Those in the settings. */
  readonly channels: ReadonlySet<ConnectionId>
}

/** Listings that are processed together. */
const batch = 200

/**
 * Sets the terms in a file; a wrong row leaves its listing unchanged. Asks channels for unknown listings, so that the
 * file can be uploaded again. Resolves with the number of changes.
 */
export async function importTerms(
  key: string,
  uploadedAt: Instant,
  deps: ImportTermsDeps,
): Promise<number> {
  const { told, sheet } = await readSheet(key, deps)
  const strange: TermsAt[] = []
  let changed = 0
  let unchanged = 0
  for (const [channel, rows] of Map.groupBy(told, (row) => row.channel)) {
    for (let from = 0; from < rows.length; from += batch) {
      const some = rows.slice(from, from + batch)
      const listings = some.map((row) => row.told)
      const outcomes = await setTerms({ channel, told: listings, by: `file ${key}` }, deps)
      const is = ({ told: { sku } }: TermsAt) => outcomes.get(sku)
      changed += some.filter((row) => is(row) === 'changed').length
      unchanged += some.filter((row) => is(row) === 'unchanged').length
      strange.push(...some.filter((row) => is(row) === 'unknown'))
    }
  }
  const unknown = strange.map(({ channel, told: { sku } }) => ({ connection: channel, sku }))
  await requestNamed(unknown, deps)
  const faults = [...sheet.faults, ...strange.map(unknownListing)].toSorted(
    (a, b) => a.line - b.line,
  )
  const refused = sheet.refused + strange.length
  const result = { at: uploadedAt, rows: sheet.rows, refused, changed, unchanged, faults }
  await writeImportResult(key, result, deps.files)
  return changed
}

async function readSheet(
  key: string,
  { files, channels }: ImportTermsDeps,
): Promise<{ readonly told: readonly TermsAt[]; readonly sheet: TermsSheetEnd }> {
  const reader = termsSheetReader(channels)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const told: TermsAt[] = []
  for await (const bytes of await files.read(key)) {
    told.push(...reader.read(decoder.decode(bytes, { stream: true })))
  }
  told.push(...reader.read(decoder.decode()))
  const { last, sheet } = reader.end()
  return { told: [...told, ...last], sheet }
}
