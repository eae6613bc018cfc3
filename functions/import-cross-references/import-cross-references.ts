import { keyOf, namedBy } from '../../domain/cross-references/naming.ts'
import { type Sheet, sheetReader } from '../../domain/cross-references/sheet.ts'
import { type RequestDeps, requestListings } from '../../domain/listings/request-listings.ts'
import type { RecordFactDeps } from '../../domain/order/record-fact.ts'
import { parse } from '../../domain/parse.ts'
import type { Clock, CrossReferenceStore, Files } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { FileUploaded } from '../../schemas/messages/file-uploaded.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'
import { writeResult } from './result.ts'
import { wakeWaiting } from './wake-waiting.ts'

export interface ImportCrossReferencesDeps extends RecordFactDeps, RequestDeps {
  readonly store: CrossReferenceStore
  readonly files: Files
  /** Those in the settings. */
  readonly connections: ReadonlySet<ConnectionId>
  readonly clock: Clock
}

export interface Imported {
  readonly did: string
  readonly count?: number
  readonly reason?: string
}

/** Upload prefix. */
const inbox = 'imports/'

/**
 * Imports an uploaded file: applies the good rows, reports the others, and wakes waiting orders. Importing the same
 * file again changes nothing.
 */
export async function importCrossReferences(
  body: string,
  deps: ImportCrossReferencesDeps,
): Promise<Imported> {
  const uploaded = parse(FileUploaded, body)
  if (!uploaded.ok) return { did: 'skipped: not an S3 notification', reason: uploaded.error.reason }
  const { time, detail } = uploaded.value
  const { key } = detail.object
  // The console creates a folder as an empty object with its name.
  if (!key.startsWith(inbox) || key.endsWith('/')) return { did: 'skipped: not a file' }

  // The upload time, so that a redelivered message has the same effect.
  const sheet = await readSheet(key, time, deps)
  const changed = await deps.store.add(sheet.additions)
  const named = namedBy(sheet.additions, deps.clock().toISOString())
  await requestRenamed(changed, named, deps)
  const resumed = await wakeWaiting(named, deps)
  const { rows, refused, faults } = sheet
  const result = { at: time, rows, refused, changed: changed.length, resumed, faults }
  await writeResult(nameOf(key), result, deps.files)
  return { did: 'imported cross-references', count: changed.length }
}

/** A renamed SKU has other articles or is new at the channels, so they are asked for it. */
async function requestRenamed(
  changed: readonly Thing[],
  named: readonly Thing[],
  deps: RequestDeps & Pick<ImportCrossReferencesDeps, 'clock'>,
): Promise<void> {
  const inForce = new Set(named.map(keyOf))
  const skus = changed.filter((thing) => thing.kind === 'sku' && inForce.has(keyOf(thing)))
  const ids = [...deps.sellers].flatMap(([connection, { locations }]) =>
    skus
      .filter((thing) => locations.has(thing.connection))
      .map(({ code }) => ({ connection, sku: code })),
  )
  const isTwice = new Map(ids.map((id) => [`${id.connection}#${id.sku}`, id]))
  await requestListings([...isTwice.values()], deps, deps.clock().toISOString())
}

/** Writes a result that says the import failed. */
export async function giveUp(
  body: string,
  reason: string,
  { files }: ImportCrossReferencesDeps,
): Promise<void> {
  const uploaded = parse(FileUploaded, body)
  if (!uploaded.ok) return
  const { time, detail } = uploaded.value
  const nothing = { rows: 0, refused: 0, changed: 0, resumed: 0, faults: [] }
  await writeResult(nameOf(detail.object.key), { at: time, ...nothing, failed: reason }, files)
}

async function readSheet(
  key: string,
  now: string,
  { files, connections }: ImportCrossReferencesDeps,
): Promise<Sheet> {
  const reader = sheetReader({ connections, now })
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const bytes of await files.read(key)) {
    if (!reader.read(decoder.decode(bytes, { stream: true }))) break
  }
  reader.read(decoder.decode())
  return reader.end()
}

const nameOf = (key: string): string => key.slice(inbox.length)
