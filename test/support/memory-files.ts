import type { Files } from '../../domain/ports.ts'

/** Files in memory, read in pieces of a few bytes so that every border is met. */
export function memoryFiles() {
  const kept = new Map<string, Uint8Array>()
  const files: Files = {
    async read(key) {
      const bytes = kept.get(key)
      if (!bytes) throw new Error(`there is no ${key}`)
      return pieces(bytes)
    },
    async write(key, { text }) {
      kept.set(key, new TextEncoder().encode(text))
    },
  }
  return {
    files,
    put: (key: string, content: string | Uint8Array) =>
      kept.set(key, typeof content === 'string' ? new TextEncoder().encode(content) : content),
    text: (key: string) => new TextDecoder().decode(kept.get(key)),
    keys: () => [...kept.keys()].toSorted(),
  }
}

async function* pieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
}
