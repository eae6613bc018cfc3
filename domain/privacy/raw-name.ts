import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { rawRoom } from '../../schemas/raw-message-prefix.ts'

type Digest = (text: string) => string

interface Bundle {
  readonly days: number
  readonly at: Instant
  /** Makes the name unique. */
  readonly id: string
  readonly about: readonly OrderId[]
}

/** The object name of messages stored together. It contains the marks of their orders, so that no index is needed. */
export function rawName({ days, at, id, about }: Bundle, digest: Digest): string {
  const hour = at.slice(0, 13).replace(/[-T]/g, '/')
  const marks = [...new Set(about.map((order) => markOf(order, digest)))]
  return `${rawRoom}${days}/${hour}/${[id, ...marks].join('.')}.ndjson.gz`
}

/** Short enough for ten in a name; two orders with the same mark only cost an extra read. */
export const markOf = (order: OrderId, digest: Digest): string => digest(order).slice(0, 12)

/** The marks in a name. */
export const marksIn = (name: string): readonly string[] =>
  name.split('/').at(-1)?.replace('.ndjson.gz', '').split('.').slice(1) ?? []
