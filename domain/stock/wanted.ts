import type { Instant } from '../../schemas/canonical/instant.ts'
import type { LedgerLine, OrderState, OrderStock } from '../../schemas/stored/order-state.ts'
import { toShip } from '../order/lines.ts'
import { after, earliest } from '../order/time.ts'

/** Units of an article that an order is to have reserved, and that left for it in all. */
export interface Wanted {
  readonly reserve: number
  readonly left: number
}

/** What an order is to have of each article, by SKU; nothing new where it may not keep anything. */
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

/** Units of a part that left for a line: a bundle's parts may leave one by one. */
const leftOf = ({ parts, shipped }: LedgerLine, sku: string, per: number): number =>
  parts?.[sku] ?? shipped * per

/** Until when an order may keep stock; `undefined` without end. Test orders and cancelled ones never may. */
export function keptUntil(state: OrderState, holdSeconds: number): Instant | 'never' | undefined {
  if (state.cancelledAt || !state.route) return 'never'
  const codes = Object.values(state.exceptions)
  if (codes.some(({ code }) => code === 'test-order')) return 'never'
  const held = earliest(codes.filter(({ code }) => waits.has(code)).map((one) => one.raisedAt))
  return held && after(held, holdSeconds)
}

/** The buyer or the channel has not decided yet. */
const waits: ReadonlySet<string> = new Set(['payment-pending', 'pending-at-channel'])
