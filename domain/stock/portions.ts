import type { Portion } from '../../schemas/events/order-event.ts'
import type { Holding, OrderState, OrderStock } from '../../schemas/stored/order-state.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { chosen } from './choose.ts'
import { isAt } from './holding.ts'
import type { StockPolicy } from './places.ts'
import { leftByLocation, type Wanted } from './wanted.ts'

interface Known {
  readonly state: OrderState
  readonly rows: readonly StockRow[]
  readonly policy: StockPolicy
}

type WantedBySku = ReadonlyMap<string, Wanted>

/**
 * Shipped units that are not recorded yet: at the locations that parcels name, else where they were reserved, else at
 * the first counted place.
 */
export function departures(
  held: readonly Holding[],
  wanted: WantedBySku,
  { rows, policy, state, articles }: Known & Pick<OrderStock, 'articles'>,
): readonly Portion[] {
  const named = leftByLocation(state, articles, policy)
  return [...wanted].flatMap(([sku, { left }]) => {
    const at = [...(named.get(sku) ?? [])].flatMap(([location, units]) => {
      const there = (one: Pick<Holding, 'location'>) => one.location === location
      const rest = units - sum(of(held, sku).filter(there), (one) => one.left)
      return taken(of(held, sku).filter(there), of(rows, sku).filter(there), rest)
    })
    const known = sum(of(held, sku), (one) => one.left) + sum(at, ({ units }) => units)
    const free = of(held, sku).map((one) => ({
      ...one,
      reserved:
        one.reserved -
        sum(
          at.filter((other) => isAt(other, one)),
          ({ units }) => units,
        ),
    }))
    return merged([...at, ...taken(free, of(rows, sku), left - known)])
  })
}

/** This many units from where they are reserved; the rest from a counted place. */
function taken(
  held: readonly Holding[],
  rows: readonly StockRow[],
  units: number,
): readonly Portion[] {
  const reserved = firstFirst(held, units, (one) => one.reserved)
  const rest = units - sum(reserved, (one) => one.units)
  const [place] = rows
  return rest > 0 && place ? [...reserved, portion(place, rest)] : reserved
}

/** Units recorded as shipped that did not leave. */
export function corrections(held: readonly Holding[], wanted: WantedBySku): readonly Portion[] {
  return [...wanted].flatMap(([sku, { left }]) =>
    lastFirst(of(held, sku), sum(of(held, sku), (one) => one.left) - left, (one) => one.left),
  )
}

/** Reserved units that are no longer needed, at this warehouse or an earlier one. */
export function givenBack(
  held: readonly Holding[],
  wanted: WantedBySku,
  warehouse: Holding['warehouse'],
): readonly Portion[] {
  const skus = new Set(held.map((one) => `${one.warehouse} ${one.sku}`))
  return [...skus].flatMap((key) => {
    const same = held.filter((one) => `${one.warehouse} ${one.sku}` === key)
    const { sku = '', warehouse: where } = same[0] ?? {}
    const target = where === warehouse ? (wanted.get(sku)?.reserve ?? 0) : 0
    const reserved = (one: Holding) => one.reserved
    return lastFirst(same, sum(same, reserved) - target, reserved)
  })
}

export function reservations(
  held: readonly Holding[],
  wanted: WantedBySku,
  { rows, policy, state, warehouse }: Known & { readonly warehouse: Holding['warehouse'] },
): readonly Portion[] {
  const here = held.filter((one) => one.warehouse === warehouse)
  const more = [...wanted].map(
    ([sku, { reserve }]) => [sku, reserve - sum(of(here, sku), (one) => one.reserved)] as const,
  )
  const units = new Map(more.filter(([, n]) => n > 0))
  if (units.size === 0) return []
  return chosen(
    rows,
    { units, country: state.seen?.country, orderId: state.id },
    { locations: policy.locationsOf(warehouse), choose: policy.choose },
  )
}

export const of = <T extends { readonly sku: string }>(
  all: readonly T[],
  sku: string,
): readonly T[] => all.filter((one) => one.sku === sku)

export const sum = <T>(all: readonly T[], units: (one: T) => number): number =>
  all.reduce((total, one) => total + units(one), 0)

const portion = ({ warehouse, sku, location, share }: Omit<Portion, 'units'>, units: number) => ({
  warehouse,
  sku,
  location,
  share,
  units,
})

/** This many units, from the places chosen first. */
function firstFirst(
  held: readonly Holding[],
  units: number,
  has: (one: Holding) => number,
): readonly Portion[] {
  let rest = Math.max(0, units)
  return held.flatMap((one): Portion[] => {
    const some = Math.min(rest, Math.max(0, has(one)))
    rest -= some
    return some > 0 ? [portion(one, some)] : []
  })
}

const lastFirst: typeof firstFirst = (held, units, has) => firstFirst(held.toReversed(), units, has)

/** One portion per place. */
const merged = (portions: readonly Portion[]): readonly Portion[] =>
  portions
    .filter((one, i) => portions.findIndex((other) => isAt(other, one)) === i)
    .map((one) => {
      const same = portions.filter((other) => isAt(other, one))
      return portion(
        one,
        sum(same, ({ units }) => units),
      )
    })
