import type { Place } from './program.ts'

/** What the ledger packs, kept beside its tables. */
export interface Records {
  /** What was packed; several have it, and nobody changes it. */
  readonly unpacked: (bytes: unknown) => unknown
  /** `platform/packed.ts`, which compresses and has tests of its own: here bytes are a number under which the JSON is kept. */
  readonly modules: Place['modules']
  /** `platform/order-record.ts` as it is, checking no record twice. */
  readonly watched: NonNullable<Place['watched']>
}

/** Records that are kept as they were read: what was written is read again soon, by several, or hardly ever. */
const most = 3000

/** A quarter of a run would go into compressing, reading and checking the same records. */
export function keepRecords(): Records {
  const texts: string[] = []
  const packed = (value: unknown): Uint8Array => {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(texts.push(JSON.stringify(value)) - 1)
    return bytes
  }
  const values = new Map<number, unknown>()
  const unpacked = (bytes: unknown): unknown =>
    once(values, numberIn(bytes), (number) => JSON.parse(texts[number] ?? ''))
  const orders = new Map<number, unknown>()
  return {
    unpacked,
    modules: { 'platform/packed.ts': { packed, unpacked } },
    watched: {
      'platform/order-record.ts': (exports) => ({
        ...exports,
        recordIn: (head: Head) =>
          // What the file exports; whoever changes that has to come by here.
          once(orders, numberIn(head.record), () => (exports['recordIn'] as RecordIn)(head)),
      }),
    },
  }
}

interface Head {
  readonly record: unknown
}

type RecordIn = (head: Head) => unknown

function numberIn(bytes: unknown): number {
  if (bytes instanceof Buffer && bytes.length === 8) return bytes.readDoubleLE()
  throw new Error('no packed record: these bytes are not of packed()')
}

function once(known: Map<number, unknown>, number: number, read: (number: number) => unknown) {
  const found = known.get(number)
  if (found !== undefined) return found
  const value = read(number)
  const [oldest] = known.keys()
  if (known.size >= most && oldest !== undefined) known.delete(oldest)
  known.set(number, value)
  return value
}
