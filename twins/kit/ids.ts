import { createHash } from 'node:crypto'
import type { Documents } from './twin.ts'

/** SHA-256: the same for the same text in every life of a twin. */
export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A version 4 UUID that is the same for the same text. */
export function guidOf(text: string): string {
  const hex = digestOf(text).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The next number of a series that begins with `first`. */
export function nextOf(documents: Documents, series: string, first: number): number {
  // Written here alone.
  const value = (documents.get('sequence', series) as number | undefined) ?? first
  documents.put('sequence', series, value + 1)
  return value
}
