import { json } from '../kit/answer.ts'
import { type Loose, parseExactly } from '../kit/body.ts'
import { indexedUntil } from '../kit/index-lag.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { asListed, momentOf, refusal, sliceOf, stateOf, textOf } from './order.ts'

export type Shelf = ReturnType<typeof shelfOf>

interface Stored {
  readonly id: string
  /** JSON text, so that amounts keep their digits. */
  readonly text: string
  /** The text before the last change, which a lagging list still shows. */
  readonly before?: string
  readonly state: string
  readonly changedAt: number
}

/** Seconds in which a lagging list does not know what was written. */
const lagSeconds = 60
/** What Mirakl takes off `start_update_date`, "to ensure no orders are missed". It does not say how much. */
const deltaMs = 30_000

/** The marketplace's orders, and OR11 over them. */
export function shelfOf(world: TwinWorld) {
  const { documents, now } = world
  // Only `keep` writes this kind, and always a whole Stored.
  const stored = () => documents.all('orders') as readonly Stored[]
  const stored1 = (id: string) => documents.get('orders', id) as Stored | undefined

  /** Keeps an order as it is. */
  function keep(order: Loose): void {
    const id = textOf(order['order_id'])
    const before = stored1(id)?.text
    const text = JSON.stringify(order)
    documents.put('orders', id, {
      id,
      text,
      ...(before && { before }),
      state: stateOf(order),
      changedAt: now().getTime(),
    } satisfies Stored)
  }

  return {
    keep,
    find(id: string): Loose | undefined {
      const found = stored1(id)
      return found && parseExactly(found.text)
    },
    all: (): readonly Loose[] => stored().map(({ text }) => parseExactly(text)),
    /** Those that came into one of these states before a moment. */
    waiting: (states: readonly string[], since: number): readonly Loose[] =>
      stored()
        .filter(({ state, changedAt }) => states.includes(state) && changedAt <= since)
        .map(({ text }) => parseExactly(text)),

    /** Keeps an order that has just changed. */
    put: (order: Loose): void => keep({ ...order, last_updated_date: momentOf(now()) }),

    /** OR11: oldest first, ten at a time unless asked for more. */
    list(query: URLSearchParams): TwinReply {
      const ids = query.get('order_ids')?.split(',')
      const taxMode = query.get('order_tax_mode') ?? 'TAX_EXCLUDED'
      if (ids && ids.length > 100) {
        return refusal(400, 'The limit of 100 is exceeded for the parameter : order_ids')
      }
      if (!['TAX_INCLUDED', 'TAX_EXCLUDED'].includes(taxMode)) {
        return refusal(400, 'Invalid value for the parameter : order_tax_mode')
      }
      const settled = indexedUntil(world, lagSeconds)
      const candidates = ids ? [...new Set(ids)].flatMap((id) => stored1(id) ?? []) : stored()
      const orders = candidates
        .flatMap(({ text, before, changedAt }) => (changedAt <= settled ? text : (before ?? [])))
        .map(parseExactly)
        .filter((order) => fits(order, query))
        .toSorted((a, b) => (rowOf(a) < rowOf(b) ? -1 : 1))
      return json(200, { orders: sliceOf(orders, query).map(asListed), total_count: orders.length })
    },
  }
}

function fits(order: Loose, query: URLSearchParams): boolean {
  const states = query.get('order_state_codes')?.split(',')
  if (states && !states.includes(stateOf(order))) return false
  const isWithin = (field: string, name: string, delta: number) => {
    const at = Date.parse(textOf(order[field]))
    const from = Date.parse(query.get(`start_${name}`) ?? '') - delta
    const to = Date.parse(query.get(`end_${name}`) ?? '')
    return !(at < from) && !(at > to)
  }
  return (
    isWithin('last_updated_date', 'update_date', deltaMs) && isWithin('created_date', 'date', 0)
  )
}

const rowOf = (order: Loose): string =>
  `${textOf(order['created_date'])} ${textOf(order['order_id'])}`
