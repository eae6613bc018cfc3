import type { Place } from './program.ts'
import { copied } from './tables.ts'

/** What the ledger packs, kept beside its tables. */
export interface Records {
  /** What was packed; several have it, and nobody changes it. */
  readonly decodeState: (bytes: unknown) => unknown
  /** `platform/dynamodb/state-codec.ts`, which compresses and has tests of its own: here bytes are a number under which the value is kept. */
  readonly modules: Place['modules']
  /** `platform/dynamodb/order-record.ts` as it is, without checking what it has checked when it was written. */
  readonly watched: NonNullable<Place['watched']>
}

/** A third of a run would go into compressing, reading and checking the same records. */
export function keepRecords(): Records {
  const values: unknown[] = []
  // Each record of an order has the steps of the one before.
  const known = new WeakSet<object>()
  const kept = (step: object): object => {
    if (known.has(step)) return step
    const copy = Object(copied(step))
    known.add(copy)
    return copy
  }
  const encodeState = (value: object & { readonly steps?: readonly object[] }): Uint8Array => {
    const { steps, ...rest } = value
    const copy = steps ? { ...Object(copied(rest)), steps: steps.map(kept) } : copied(value)
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(values.push(copy) - 1)
    return bytes
  }
  const decodeState = (bytes: unknown): unknown => {
    const isOurs = bytes instanceof Buffer && bytes.length === 8
    const value = isOurs ? values[bytes.readDoubleLE()] : undefined
    if (value === undefined)
      throw new Error('not a packed record: these bytes are not from encodeState()')
    return value
  }
  const recordIn = ({ record }: { readonly record: unknown }) => decodeState(record)
  return {
    decodeState,
    modules: {
      'platform/dynamodb/state-codec.ts': { encodeState, decodeState } satisfies Record<
        keyof typeof import('../platform/dynamodb/state-codec.ts'),
        unknown
      >,
    },
    watched: { 'platform/dynamodb/order-record.ts': (exports) => ({ ...exports, recordIn }) },
  }
}
