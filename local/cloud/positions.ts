import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** How far each stream was read, by the mapping's ARN. */
export interface Positions {
  get(mapping: string): string | undefined
  set(mapping: string, sequenceNumber: string): void
}

/** Keeps the positions in a file, or in memory when there is none. */
export function openPositions(file: string | undefined): Positions {
  const known = new Map<string, string>(
    file !== undefined && existsSync(file)
      ? Object.entries(JSON.parse(readFileSync(file, 'utf8')))
      : [],
  )
  return {
    get: (mapping) => known.get(mapping),
    set: (mapping, sequenceNumber) => {
      known.set(mapping, sequenceNumber)
      if (file === undefined) return
      // Whole or not at all: a torn file would lose every position.
      writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(known)))
      renameSync(`${file}.new`, file)
    },
  }
}
