import { type Loose, parseExactly } from '../kit/body.ts'
import { indexedUntil } from '../kit/index-lag.ts'
import { pageAfter } from '../kit/page.ts'
import type { TwinWorld } from '../kit/twin.ts'
import { momentOf, nextUpdate } from './body.ts'
import { type OpenOrder, open, type StoredOrder } from './order.ts'
import type { Slice } from './pages.ts'

export type Shelf = ReturnType<typeof orderShelf>

/** The shop's orders, and the index that its searches use, which may lag behind them. */
export function orderShelf(world: TwinWorld) {
  const { documents, now } = world
  const index = new Map<string, Entry>()
  // Only `put` writes this kind, and always a whole StoredOrder.
  const stored = documents.all('orders') as readonly StoredOrder[]
  for (const order of stored) index.set(order.id, entryOf(order))

  function put({ id, body, fulfilments }: Omit<StoredOrder, 'changedAt'>): void {
    const order: StoredOrder = { id, body, fulfilments, changedAt: now().toISOString() }
    documents.put('orders', id, order)
    index.set(id, entryOf(order))
  }
  function find(id: string): OpenOrder | undefined {
    const found = documents.get('orders', id) as StoredOrder | undefined
    return found && open(found)
  }
  return {
    put,
    find,
    all: (): readonly OpenOrder[] => [...index.keys()].flatMap((id) => find(id) ?? []),

    /**
     * Stores a body unless a newer one is known. One without `updated_at` is an edit made at the shop now, which stamps it.
     * Says what Shopify would send, and under which topic.
     */
    take(id: string, given: { readonly wire: Loose; readonly body: string }): Sent {
      const known = find(id)
      const body = known && !given.wire['updated_at'] ? stamped(known, given.body) : given.body
      const { wire } = open({ id, body, changedAt: '', fulfilments: [] })
      const older = known && momentOf(wire['updated_at']) < momentOf(known.wire['updated_at'])
      if (!older) put({ id, body, fulfilments: known?.fulfilments ?? [] })
      if (!known) return { topic: 'orders/create', body }
      const cancelled = wire['cancelled_at'] && !known.wire['cancelled_at']
      return { topic: cancelled ? 'orders/cancelled' : 'orders/updated', body }
    },

    /** The orders of a window of `updated_at`, in its order; a cursor is the last row, so a moving set loses none. */
    search(query: string, { first = 0, after }: Slice) {
      const from = boundary(query, '>=') ?? 0
      const to = boundary(query, '<=') ?? Number.POSITIVE_INFINITY
      const settled = indexedUntil(world, 60)
      const rows = [...index.values()].filter(
        ({ at, changedAt }) => at >= from && at <= to && changedAt <= settled,
      )
      const { page, last, hasMore } = pageAfter(rows, {
        key: rowOf,
        after: after ? decoded(after) : '',
        size: first,
      })
      return {
        nodes: page.flatMap(({ id }) => find(id) ?? []),
        pageInfo: {
          hasNextPage: hasMore,
          hasPreviousPage: Boolean(after),
          startCursor: page[0] ? encoded(rowOf(page[0])) : null,
          endCursor: last ? encoded(rowOf(last)) : null,
        },
      }
    },
  }
}

interface Sent {
  readonly topic: string
  readonly body: string
}

/** The next version after the one the shop knows. */
function stamped(known: OpenOrder, body: string): string {
  const next = { ...parseExactly(body), updated_at: nextUpdate(known.wire) }
  return JSON.stringify(next)
}

interface Entry {
  readonly id: string
  /** What a search by `updated_at` sees: never before the shop got the order, so that old bodies are found too. */
  readonly at: number
  readonly changedAt: number
}

function entryOf(order: StoredOrder): Entry {
  const changedAt = Date.parse(order.changedAt)
  const said = momentOf(open(order).wire['updated_at'])
  return { id: order.id, changedAt, at: Number.isNaN(said) ? changedAt : Math.max(said, changedAt) }
}

const rowOf = ({ at, id }: Entry): string => `${String(at).padStart(15, '0')} ${id}`
const encoded = (row: string): string => Buffer.from(row).toString('base64url')
const decoded = (cursor: string): string => Buffer.from(cursor, 'base64url').toString()

function boundary(query: string, operator: '>=' | '<='): number | undefined {
  const found = new RegExp(`updated_at:${operator}'?([^'\\s]+)'?`).exec(query)?.[1]
  return found === undefined ? undefined : Date.parse(found)
}
