import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { LineArticles } from '../../schemas/events/order-event.ts'
import type { LedgerLine, OrderState, OrderStock } from '../../schemas/stored/order-state.ts'
import { after, earliest } from '../instant.ts'
import { toShip } from '../order/lines.ts'
import type { StockPolicy } from './places.ts'

/** Units of an article that an order should hold, and the units that have left for it. */
export interface Wanted {
  readonly reserve: number
  readonly left: number
}

/** What an order should hold of each article, by SKU; nothing new if it may not reserve. */
export function wantedOf(
  state: OrderState,
  articles: OrderStock['articles'],
  keeps: boolean,
): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  for (const line of state.lines) {
    for (const { sku, per } of articles[line.id]?.parts ?? []) {
      const left = leftOf(line, sku, per)
      const reserve = keeps ? Math.max(0, (line.shipped + toShip(line)) * per - left) : 0
      const before = wanted.get(sku) ?? { reserve: 0, left: 0 }
      wanted.set(sku, { reserve: before.reserve + reserve, left: before.left + left })
    }
  }
  return wanted
}

/** Units of a component that left for a line; components may leave one by one. */
const leftOf = ({ parts, shipped }: LedgerLine, sku: string, per: number): number =>
  parts?.[sku] ?? shipped * per

/** Units of each article, by SKU, that left from the locations that parcels name. */
export function leftByLocation(
  { route, shipments, lines }: OrderState,
  articles: OrderStock['articles'],
  { locationsOf }: Pick<StockPolicy, 'locationsOf'>,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const locations = route ? locationsOf(route.wms) : []
  const names = new Map(locations.map(({ code, name }) => [code, name]))
  const left = new Map<string, Map<string, number>>()
  for (const parcel of Object.values(shipments)) {
    const location = names.get(parcel.location ?? '')
    if (location === undefined) continue
    for (const line of lines) {
      for (const { sku, per } of articles[line.id]?.parts ?? []) {
        const at = left.get(sku) ?? new Map<string, number>()
        left.set(
          sku,
          at.set(location, (at.get(location) ?? 0) + inside(parcel, line, { sku, per })),
        )
      }
    }
  }
  return left
}

/** Units of an article that a parcel contained for a line. */
function inside(
  { lines, parts = [] }: Shipment,
  line: LedgerLine,
  { sku, per }: LineArticles['parts'][number],
): number {
  const add = (all: readonly { readonly quantity: number }[]) =>
    all.reduce((sum, { quantity }) => sum + quantity, 0)
  if (line.parts) return add(parts.filter((part) => part.id === line.id && part.sku === sku))
  return add(lines.filter(({ id }) => id === line.id)) * per
}

/**
 * Until when an order may hold stock; `undefined` without limit. Test orders and cancelled ones never may. An
 * impossible order keeps what an earlier version reserved, and reserves nothing.
 */
export function keptUntil(state: OrderState, holdSeconds: number): Instant | 'never' | undefined {
  if (state.cancelledAt || !state.route) return 'never'
  const codes = Object.values(state.exceptions)
  if (codes.some(({ code }) => code === 'test-order')) return 'never'
  const hasSome = state.stock?.reservations.some(({ reserved }) => reserved > 0) ?? false
  if (!hasSome && codes.some(({ code }) => code === 'impossible-order')) return 'never'
  const held = earliest(codes.filter(({ code }) => waits.has(code)).map((one) => one.raisedAt))
  return held && after(held, holdSeconds)
}

/** The buyer or the channel has not decided yet. */
const waits: ReadonlySet<string> = new Set(['payment-pending', 'pending-at-channel'])
