import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent, Portion } from '../../schemas/events/order-event.ts'
import type { OrderState, OrderStock } from '../../schemas/stored/order-state.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { after, earliest } from '../instant.ts'
import { dealt, toShip } from '../order/lines.ts'
import { asHeld, holding, type StockStep } from './holding.ts'
import type { StockPolicy } from './places.ts'
import { corrections, departures, givenBack, of, reservations, sum } from './portions.ts'
import { keptUntil, type Wanted, wantedOf } from './wanted.ts'

/** What stock knows that concerns an order. */
export interface Seen {
  /** What each line is in the warehouse's words, counted or not. */
  readonly articles: OrderStock['articles']
  /** As they are with what the order has already. */
  readonly rows: readonly StockRow[]
  readonly policy: StockPolicy
  readonly at: Instant
  /** When what has left and is not written down yet left. */
  readonly leftAt: Instant
}

/** Seconds until an order that waits for stock asks by itself, should the hint that there is some have got lost. */
const patience = 3600

/** Whether an order has of stock what it wants, as far as the ledger can tell by itself. */
export function isSettled(state: OrderState, policy: StockPolicy, at: Instant): boolean {
  const { stock, route, lines } = state
  const until = keptUntil(state, policy.holdSeconds)
  const keeps = mayKeep(until, at)
  if (!route || (!stock && !keeps)) return true
  const isKnown = (line: OrderState['lines'][number]) =>
    stock?.articles[line.id]?.sku === line.sku || !isKept(line)
  if (!stock) return lines.every(isKnown)
  const isDue = stock.wakeAt !== undefined && stock.wakeAt <= at
  if (isDue || stock.short.length > 0 || !lines.every(isKnown)) return false
  if (stock.reservations.some((one) => one.warehouse !== route.wms && one.reserved > 0))
    return false
  const wanted = wantedOf(state, stock.articles, keeps)
  const skus = new Set([...wanted.keys(), ...stock.reservations.map(({ sku }) => sku)])
  return [...skus].every((sku) => {
    const { reserve, left } = wanted.get(sku) ?? { reserve: 0, left: 0 }
    const held = of(stock.reservations, sku)
    return reserve === sum(held, (one) => one.reserved) && left === sum(held, (one) => one.left)
  })
}

const mayKeep = (until: ReturnType<typeof keptUntil>, at: Instant): boolean =>
  until === undefined || (until !== 'never' && until > at)

/** Lines that a warehouse sends, and that have a name to be counted by. */
export const isKept = ({ shippable, sku }: OrderState['lines'][number]): boolean =>
  shippable && sku !== undefined

/**
 * The events that bring what an order has in stock to what it wants: what left, what it gives back, what it takes, and what
 * is not there. None when there is nothing to change.
 */
export function reconcile(state: OrderState, seen: Seen): readonly OrderEvent[] {
  const warehouse = state.route?.wms
  if (!warehouse) return []
  const articles = countedOnly(seen)
  const until = keptUntil(state, seen.policy.holdSeconds)
  const keeps = mayKeep(until, seen.at)
  const wanted = wantedOf(state, articles, keeps)
  const before = state.stock?.reservations ?? []

  const here = atWarehouse(before, warehouse)
  const gone = steps('consumed', departures(here, wanted, { ...seen, articles, state }))
  const left = gone.reduce(holding, before)
  const back = steps('returned', corrections(atWarehouse(left, warehouse), wanted))
  const moved = back.reduce(holding, left)
  const surplus = steps('released', givenBack(moved, kept(wanted, here, gone), warehouse))
  const rest = surplus.reduce(holding, moved)
  const rows = asHeld(seen.rows, { before, now: rest, leftAt: seen.leftAt })
  const taken = steps('reserved', reservations(rest, wanted, { ...seen, rows, state, warehouse }))

  const short = keeps ? missing(state, { articles, reservations: taken.reduce(holding, rest) }) : []
  const rule = seen.policy.shortStock(state.connection)
  const changes = [...gone, ...back, ...surplus]
  if (short.length > 0 && rule === 'cancel') {
    return [
      ...sought(state, { articles, short: [], whole: false, until }, seen.at),
      ...changes,
      ...taken,
      withdrawal(state, short),
    ]
  }
  const whole = rule === 'wait'
  const waits = whole && short.length > 0
  return [
    ...sought(state, { articles, short, whole, until }, seen.at),
    ...changes,
    ...(waits ? [] : taken),
  ]
}

/**
 * What an order may keep of what it has. A unit that left spends one that was reserved, wherever it left from: what the order still
 * wants in its place has to be free.
 */
const kept = (
  wanted: ReadonlyMap<string, Wanted>,
  held: OrderStock['reservations'],
  gone: readonly StockStep[],
): ReadonlyMap<string, Wanted> =>
  new Map(
    [...wanted].map(([sku, { reserve, left }]) => {
      const spent = gone.flatMap(({ portions }) => of(portions, sku))
      const unspent = sum(of(held, sku), (one) => one.reserved) - sum(spent, (one) => one.units)
      return [sku, { left, reserve: Math.max(0, Math.min(reserve, unspent)) }]
    }),
  )

const atWarehouse = (held: OrderStock['reservations'], warehouse: string) =>
  held.filter((one) => one.warehouse === warehouse)

const steps = (
  what: 'reserved' | 'released' | 'consumed' | 'returned',
  portions: readonly Portion[],
) =>
  portions.length === 0 ? [] : [{ type: `stock.${what}`, portions: [...portions] } as StockStep]

/** What nobody counts is not kept in stock, be it a line or a part of one. */
const countedOnly = ({ articles, rows }: Seen): OrderStock['articles'] => {
  const known = new Set(rows.filter(isCounted).map(({ sku }) => sku))
  return Object.fromEntries(
    Object.entries(articles).map(([id, { sku, parts }]) => [
      id,
      { sku, parts: parts.filter((part) => known.has(part.sku)) },
    ]),
  )
}

/** Units by line that would be missing with what is held. */
function missing(
  { lines }: OrderState,
  stock: Pick<OrderStock, 'articles' | 'reservations'>,
): OrderStock['short'] {
  const there = dealt(lines, stock)
  return lines.flatMap((line) => {
    const units = toShip(line) - (there.get(line.id) ?? toShip(line))
    return units > 0 ? [{ id: line.id, units }] : []
  })
}

/** The channel's rule is to take back what is not there. */
function withdrawal({ lines }: OrderState, short: OrderStock['short']): OrderEvent {
  const units = new Map(short.map((one) => [one.id, one.units]))
  const less = lines.flatMap((line) => {
    const more = units.get(line.id)
    if (more === undefined) return []
    const removed = Math.min(line.ordered, Math.max(line.removed, line.cancelledHere) + more)
    return [{ id: line.id, removed }]
  })
  return { type: 'lines.withdrawn', lines: less, reason: 'there is no stock for it' }
}

/** A loss of what nobody counted says nothing of how much there is. */
const isCounted = ({ countedAt, onHand }: StockRow): boolean =>
  countedAt !== undefined || onHand >= 0

type Found = Pick<OrderStock, 'articles' | 'short' | 'whole'> & {
  readonly until: Instant | 'never' | undefined
}

/** Said when something about it is new, or when its time to ask again has come. */
function sought(state: OrderState, found: Found, at: Instant): readonly OrderEvent[] {
  const { articles, short, whole, until } = found
  const { stock } = state
  const isWaiting = short.length > 0
  const isNew =
    JSON.stringify([stock?.articles, stock?.short, stock?.whole]) !==
    JSON.stringify([articles, short, whole])
  const isDue = stock?.wakeAt !== undefined && stock.wakeAt <= at
  const ends = until !== undefined && until !== 'never' && until > at ? until : undefined
  const asks = isWaiting ? (isNew || isDue ? after(at, patience) : stock?.wakeAt) : undefined
  const wakeAt = earliest([ends, asks])
  if (!isNew && wakeAt === stock?.wakeAt) return []
  return [{ type: 'stock.sought', articles, short: [...short], whole, ...(wakeAt && { wakeAt }) }]
}
