import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { rawRoom } from '../../schemas/raw-message-prefix.ts'

type Digest = (text: string) => string

interface Bundle {
  readonly days: number
  readonly at: Instant
  /** Makes it one of a kind. */
  readonly id: string
  readonly about: readonly OrderId[]
}

/** The name of some messages that are kept together: it says which orders they speak of, so that nothing else has to. */
export function rawName({ days, at, id, about }: Bundle, digest: Digest): string {
  const hour = at.slice(0, 13).replace(/[-T]/g, '/')
  const marks = [...new Set(about.map((order) => markOf(order, digest)))]
  return `${rawRoom}${days}/${hour}/${[id, ...marks].join('.')}.ndjson.gz`
}

/** Short enough that ten fit into a name; two orders with one mark cost a look into a file. */
export const markOf = (order: OrderId, digest: Digest): string => digest(order).slice(0, 12)

/** The marks in a name. */
export const marksIn = (name: string): readonly string[] =>
  name.split('/').at(-1)?.replace('.ndjson.gz', '').split('.').slice(1) ?? []
