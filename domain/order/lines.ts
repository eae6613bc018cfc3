import type { LineArticles } from '../../schemas/events/order-event.ts'
import type { LedgerLine, OrderState, OrderStock } from '../../schemas/stored/order-state.ts'

/** Units ordered and not cancelled. */
export const toDeliver = (line: LedgerLine): number => line.ordered - line.cancelled

/** Units that a warehouse still has to ship. */
export const toShip = (line: LedgerLine): number =>
  line.shippable ? Math.max(0, toDeliver(line) - line.assignedToChannel - line.shipped) : 0

/** Units that a warehouse still has to ship and that have stock. */
export const maySend = (line: LedgerLine): number =>
  Math.min(toShip(line), Math.max(0, allocated(line) - line.shipped))

/** Units in the release in force, including those already shipped. */
export const forWarehouse = (line: LedgerLine): number =>
  line.shippable
    ? Math.max(
        0,
        Math.min(toDeliver(line) - line.assignedToChannel, allocated(line)) - line.shippedEarlier,
      )
    : 0

/** Units that were released before stock was counted stay allocated. */
const allocated = (line: LedgerLine): number =>
  Math.max(line.allocated ?? Number.POSITIVE_INFINITY, line.released)

/** Units that a parcel may still contain: shipped units are a fact, even if they were cancelled meanwhile. */
export const mayArrive = (line: LedgerLine, { cancelledAt }: OrderState): number =>
  Math.max(
    0,
    (cancelledAt ? toDeliver(line) : line.ordered) - line.assignedToChannel - line.shipped,
  )

/** Units released to the warehouse and not shipped. */
export const atWarehouse = (line: LedgerLine): number => Math.max(0, line.released - line.shipped)

/** Units cancelled here that the channel does not know of. */
export const toTell = (line: LedgerLine): number =>
  Math.max(0, Math.min(line.cancelledHere, line.cancelled) - known(line))

/** The channel's removed units after it learns of ours. */
export const toldInAll = (line: LedgerLine): number => known(line) + toTell(line)

const known = ({ removed, cancelReported }: LedgerLine): number => Math.max(removed, cancelReported)

/** Units cancelled here, by line: what the channel knows once it is informed. */
export const takenBack = ({ lines }: OrderState): Readonly<Record<string, number>> =>
  Object.fromEntries(lines.map((line) => [line.id, Math.min(line.cancelledHere, line.cancelled)]))

/** The warehouse's SKU of a line. */
export const skuThere = (line: LedgerLine): string | undefined => line.called?.sku ?? line.sku

/**
 * The quantities that follow from what channel, warehouse and people reported, in any order. Shipped units cannot be
 * cancelled, so removing them is a refund.
 */
export function balanced(state: OrderState): OrderState {
  const { cancelledBy } = state
  const wanted = cancelledBy ? state.lines.map(wholly[cancelledBy]) : state.lines
  const cancelled = state.cancelledAt ? wanted.map(open) : cancelledIn(wanted)
  const lines = wanted.map((line, i): LedgerLine => {
    const units = cancelled[i] ?? 0
    return { ...line, cancelled: units, refunded: 0 }
  })
  return { ...state, lines: withBackorders(withStock(withRefunds(lines), state), state) }
}

/**
 * A person cancels the whole order, including lines that are added later; a channel has also refunded what it
 * cancelled.
 */
const wholly: Readonly<Record<'channel' | 'person', (line: LedgerLine) => LedgerLine>> = {
  channel: (line) => ({ ...line, removed: line.ordered }),
  person: (line) => ({ ...line, cancelledHere: Math.max(line.cancelledHere, open(line)) }),
}

/** Units of a line that the buyer has not received. */
const open = ({ ordered, shipped, fulfilledByChannel }: LedgerLine): number =>
  Math.max(0, ordered - shipped - fulfilledByChannel)

const taken = ({ ordered, removed, cancelledHere }: LedgerLine): number =>
  Math.min(ordered, Math.max(removed, cancelledHere))

/**
 * Units to cancel per line. If a line's units have left, another line of the same SKU gives its units, because
 * allotting the parcel to one of them was arbitrary.
 */
function cancelledIn(lines: readonly LedgerLine[]): readonly number[] {
  const own = lines.map((line) => Math.min(taken(line), open(line)))
  const missing = new Map<string, number>()
  lines.forEach((line, i) => {
    const rest = taken(line) - (own[i] ?? 0)
    if (line.sku !== undefined) missing.set(line.sku, (missing.get(line.sku) ?? 0) + rest)
  })
  return lines.map((line, i) => {
    const units = own[i] ?? 0
    const rest = missing.get(line.sku ?? '') ?? 0
    if (line.sku === undefined || rest === 0) return units
    const more = Math.min(rest, open(line) - units)
    missing.set(line.sku, rest - more)
    return units + more
  })
}

/** Units that the channel removed but that were not cancelled in time, spread over the lines of their SKU. */
function withRefunds(lines: readonly LedgerLine[]): readonly LedgerLine[] {
  const excess = new Map<string, number>()
  const keyOf = ({ sku, id }: LedgerLine) => sku ?? `line ${id}`
  for (const line of lines) {
    const more = Math.min(line.removed, line.ordered) - line.cancelled
    excess.set(keyOf(line), (excess.get(keyOf(line)) ?? 0) + more)
  }
  return lines.map((line) => {
    const rest = Math.max(0, excess.get(keyOf(line)) ?? 0)
    const refunded = Math.min(rest, line.ordered - line.cancelled)
    excess.set(keyOf(line), rest - refunded)
    return { ...line, refunded }
  })
}

function withStock(lines: readonly LedgerLine[], { stock }: OrderState): readonly LedgerLine[] {
  if (!stock) return lines
  const waits = stock.whole && stock.short.length > 0
  const units = dealt(lines, stock)
  return lines.map((line) => {
    const { allocated: _, ...rest } = line
    const there = units.get(line.id)
    return there === undefined ? rest : { ...rest, allocated: line.shipped + (waits ? 0 : there) }
  })
}

/** Some components of a bundle have left, and others of the same bundle have not. */
export const isPartlyPacked = ({ called, parts = {}, shipped }: LedgerLine): boolean =>
  (called?.components ?? []).some(({ sku, quantity }) => (parts[sku] ?? 0) > shipped * quantity)

/** Units still to ship of each stocked line for which all parts are reserved, in the order's sequence. */
export function dealt(
  lines: readonly LedgerLine[],
  { articles, reservations }: Pick<OrderStock, 'articles' | 'reservations'>,
): ReadonlyMap<string, number> {
  const pool = unspent(lines, { articles, reservations })
  const ahead = ({ parts, shipped }: LedgerLine, { sku, per }: LineArticles['parts'][number]) =>
    Math.max(0, (parts?.[sku] ?? 0) - shipped * per)
  const counted = lines.filter(({ id }) => (articles[id]?.parts ?? []).length > 0)
  return new Map(
    counted.map((line) => {
      const parts = articles[line.id]?.parts ?? []
      const each = parts.map((part) =>
        Math.floor(((pool.get(part.sku) ?? 0) + ahead(line, part)) / part.per),
      )
      const units = Math.min(toShip(line), ...each)
      for (const part of parts) {
        const taken = Math.max(0, units * part.per - ahead(line, part))
        pool.set(part.sku, (pool.get(part.sku) ?? 0) - taken)
      }
      return [line.id, units]
    }),
  )
}

/** Reserved units by SKU, minus shipped units that are not deducted from stock yet. */
function unspent(
  lines: readonly LedgerLine[],
  { articles, reservations }: Pick<OrderStock, 'articles' | 'reservations'>,
): Map<string, number> {
  const reserved = new Map<string, number>()
  const late = new Map<string, number>()
  for (const { id, parts, shipped } of lines) {
    for (const { sku, per } of articles[id]?.parts ?? []) {
      late.set(sku, (late.get(sku) ?? 0) + (parts?.[sku] ?? shipped * per))
    }
  }
  for (const one of reservations) {
    reserved.set(one.sku, (reserved.get(one.sku) ?? 0) + one.reserved)
    late.set(one.sku, (late.get(one.sku) ?? 0) - one.left)
  }
  return new Map(
    [...reserved].map(([sku, units]) => [sku, units - Math.max(0, late.get(sku) ?? 0)]),
  )
}

/** The last lines of a SKU wait first: a warehouse fills an order from the top. */
function withBackorders(
  lines: readonly LedgerLine[],
  { backorder, stock }: OrderState,
): LedgerLine[] {
  const short = new Map((stock?.short ?? []).map(({ id, units }) => [id, units]))
  const waiting = new Map((backorder?.lines ?? []).map(({ sku, quantity }) => [sku, quantity]))
  return lines
    .toReversed()
    .map((line) => {
      const sku = skuThere(line) ?? ''
      const rest = waiting.get(sku) ?? 0
      const there = Math.min(rest, toShip(line))
      waiting.set(sku, rest - there)
      return {
        ...line,
        backordered: Math.max(there, Math.min(short.get(line.id) ?? 0, toShip(line))),
      }
    })
    .toReversed()
}
