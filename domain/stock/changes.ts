import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Holding, OrderState } from '../../schemas/stored/order-state.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import type { StockChanges, StockWait } from '../ports.ts'
import { isAt } from './holding.ts'
import type { Netted } from './netting.ts'
import { emptyRow, type StockWrite } from './row.ts'

interface Step {
  readonly before: OrderState
  readonly after: OrderState
  readonly rows: readonly StockRow[]
  /** The rows after the step. */
  readonly offers: readonly Netted[]
  /** When the shipped units left. */
  readonly leftAt: Instant
}

/** The stock changes of a step of an order: the difference between what it held and holds. */
export function changesOf(step: Step): StockChanges | undefined {
  const { before, after } = step
  const writes = writesOf(step)
  const had = waitsOf(before)
  const has = waitsOf(after)
  const waits = has.filter((one) => !had.some((other) => isSame(one, other)))
  const ended = had.filter((one) => !has.some((other) => isSame(one, other)))
  const nothing = writes.length + waits.length + ended.length === 0
  return nothing ? undefined : { writes, waits, ended }
}

function writesOf({ before, after, rows, offers, leftAt }: Step): readonly StockWrite[] {
  const had = before.stock?.reservations ?? []
  const has = after.stock?.reservations ?? []
  const places = [...has, ...had.filter((one) => !has.some((other) => isAt(one, other)))]
  return places.flatMap((place): StockWrite[] => {
    const reserve = unitsAt(has, place, 'reserved') - unitsAt(had, place, 'reserved')
    const units = unitsAt(has, place, 'left') - unitsAt(had, place, 'left')
    if (reserve === 0 && units === 0) return []
    const { warehouse, sku, location, share } = place
    const where = { warehouse, sku, location, share }
    const seen = rows.find((row) => isAt(row, place)) ?? emptyRow(where)
    const by: ConnectionId = after.connection
    const keeps = offers.find(({ row }) => isAt(row, place))?.keeps ?? 0
    return [
      {
        ...where,
        by,
        reserve,
        seen,
        ...(keeps > 0 && { keeps }),
        ...(units !== 0 && { left: { units, at: leftAt } }),
      },
    ]
  })
}

const unitsAt = (held: readonly Holding[], place: Holding, of: 'reserved' | 'left'): number =>
  held.find((one) => isAt(one, place))?.[of] ?? 0

/** When the new parcels of this step left: the latest, which errs on the safe side. */
export function leftIn(before: OrderState, after: OrderState): Instant | undefined {
  const fresh = Object.values(after.shipments).filter(
    (parcel) => JSON.stringify(before.shipments[parcel.id]) !== JSON.stringify(parcel),
  )
  return fresh
    .map(({ shippedAt }) => shippedAt)
    .toSorted()
    .at(-1)
}

/** The articles that an order waits for. */
function waitsOf({ id, stock, route }: OrderState): readonly StockWait[] {
  if (!stock?.since || !route) return []
  const { since, articles } = stock
  const skus = new Set(
    stock.short.flatMap((line) => (articles[line.id]?.parts ?? []).map(({ sku }) => sku)),
  )
  const orderId: OrderId = id
  return [...skus].map((sku) => ({ warehouse: route.wms, sku, orderId, since }))
}

const isSame = (a: StockWait, b: StockWait): boolean =>
  a.warehouse === b.warehouse && a.sku === b.sku && a.since === b.since
