import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent, Portion } from '../../schemas/events/order-event.ts'
import type { Holding } from '../../schemas/stored/order-state.ts'
import type { Place, StockRow } from '../../schemas/stored/stock.ts'
import { isAfterCount } from './row.ts'

/** Events that change what an order holds in stock. */
export type StockStep = Extract<
  OrderEvent,
  { readonly type: 'stock.reserved' | 'stock.released' | 'stock.consumed' | 'stock.returned' }
>

type Change = Pick<Holding, 'reserved' | 'left'>

const changes: Readonly<Record<StockStep['type'], (units: number, reserved: number) => Change>> = {
  'stock.reserved': (units) => ({ reserved: units, left: 0 }),
  'stock.released': (units) => ({ reserved: -units, left: 0 }),
  'stock.consumed': (units, reserved) => ({ reserved: -Math.min(units, reserved), left: units }),
  'stock.returned': (units) => ({ reserved: 0, left: -units }),
}

/** What an order holds after a step; empty places are omitted. */
export function holding(
  held: readonly Holding[],
  { type, portions }: StockStep,
): readonly Holding[] & Holding[] {
  return portions.reduce<Holding[]>(
    (all, portion) => {
      const known = all.find((one) => isAt(one, portion)) ?? nothingAt(portion)
      const { reserved, left } = changes[type](portion.units, known.reserved)
      const now = { ...known, reserved: known.reserved + reserved, left: known.left + left }
      const others = all.filter((one) => !isAt(one, portion))
      return now.reserved === 0 && now.left === 0 ? others : [...others, now]
    },
    [...held],
  )
}

interface Step {
  readonly before: readonly Holding[]
  readonly now: readonly Holding[]
  /** When the shipped units left. */
  readonly leftAt: Instant
}

/**
 * The rows after an order's holdings changed; shipped units that a count has already seen leave are not subtracted
 * again.
 */
export const asHeld = (
  rows: readonly StockRow[],
  { before, now, leftAt }: Step,
): readonly StockRow[] =>
  rows.map((row) => {
    const then = before.find((one) => isAt(one, row))
    const since = now.find((one) => isAt(one, row))
    const left = (since?.left ?? 0) - (then?.left ?? 0)
    return {
      ...row,
      onHand: row.onHand - (isAfterCount(row, leftAt) ? left : 0),
      reserved: row.reserved + (since?.reserved ?? 0) - (then?.reserved ?? 0),
    }
  })

const nothingAt = ({ warehouse, sku, location, share }: Portion): Holding => ({
  warehouse,
  sku,
  location,
  share,
  reserved: 0,
  left: 0,
})

export const isAt = (a: Place, b: Place): boolean =>
  a.warehouse === b.warehouse && a.sku === b.sku && a.location === b.location && a.share === b.share
