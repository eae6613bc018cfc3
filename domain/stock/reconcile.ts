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

/** The stock that concerns an order. */
export interface Seen {
  /** Each line in the warehouse's SKUs, counted or not. */
  readonly articles: OrderStock['articles']
  /** Rows including what the order already holds. */
  readonly rows: readonly StockRow[]
  readonly policy: StockPolicy
  readonly at: Instant
  /** When the shipped units that are not recorded yet left. */
  readonly leftAt: Instant
}

/** Seconds until a waiting order checks for stock by itself, in case its hint was lost. */
const patience = 3600

/** Whether an order holds the stock it needs, as far as the ledger alone can tell. */
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

/** Lines that a warehouse ships and that have a SKU. */
export const isKept = ({ shippable, sku }: OrderState['lines'][number]): boolean =>
  shippable && sku !== undefined

/**
 * The events that bring an order's holdings to what it needs: shipped, returned, reserved and missing units. None if
 * nothing changes.
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
 * What an order may keep of its reservations. A shipped unit uses up a reserved one, wherever it left from: what the
 * order still needs must be free.
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

/** Articles that were never counted are not reserved, be it a line or a component. */
const countedOnly = ({ articles, rows }: Seen): OrderStock['articles'] => {
  const known = new Set(rows.filter(isCounted).map(({ sku }) => sku))
  return Object.fromEntries(
    Object.entries(articles).map(([id, { sku, parts }]) => [
      id,
      { sku, parts: parts.filter((part) => known.has(part.sku)) },
    ]),
  )
}

/** Units by line that would be missing with these holdings. */
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

/** The channel's setting cancels missing units. */
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

/** A loss of an uncounted article says nothing about its stock. */
const isCounted = ({ countedAt, onHand }: StockRow): boolean =>
  countedAt !== undefined || onHand >= 0

type Found = Pick<OrderStock, 'articles' | 'short' | 'whole'> & {
  readonly until: Instant | 'never' | undefined
}

/** Recorded when something changes, or when it is time to check again. */
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
