import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Documents } from '../kit/twin.ts'

/** Documents in memory; with a file, every change is appended to it before it is seen, and read back at start. */
export function journal(file?: string): Documents {
  const kinds = new Map<string, Map<string, unknown>>()
  const keep = (kind: string, id: string, document: unknown): void => {
    const documents = kinds.get(kind) ?? new Map<string, unknown>()
    kinds.set(kind, documents.set(id, document))
  }
  for (const [kind, id, document] of file ? readBack(file) : []) keep(kind, id, document)
  if (file) mkdirSync(dirname(file), { recursive: true })

  return {
    get: (kind, id) => kinds.get(kind)?.get(id),
    all: (kind) => [...(kinds.get(kind)?.values() ?? [])],
    put(kind, id, document) {
      if (file) appendFileSync(file, `${JSON.stringify([kind, id, document])}\n`)
      keep(kind, id, document)
    },
  }
}

type Entry = readonly [kind: string, id: string, document: unknown]

/** A line that was cut short by a kill is a change that was never seen; it is cut off, so that the next one stands alone. */
function readBack(file: string): readonly Entry[] {
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) writeFileSync(file, whole)
  // Written by `put` above.
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry)
}
