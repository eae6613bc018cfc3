import type { Portion } from '../../schemas/events/order-event.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { type Netted, netted } from './netting.ts'
import type { Location, StockPolicy } from './places.ts'

interface Demand {
  /** Units by SKU. */
  readonly units: ReadonlyMap<string, number>
  /** Destination country, ISO 3166-1 alpha-2. */
  readonly country?: string | undefined
  /** Spreads orders for a hot article over its shards. */
  readonly orderId: string
}

interface Choice {
  readonly locations: readonly Location[]
  readonly choose: StockPolicy['choose']
}

/** Chooses where units are reserved: as many units as there are, by the settings' policy. */
export function chosen(
  rows: readonly StockRow[],
  demand: Demand,
  { locations, choose }: Choice,
): readonly Portion[] {
  const offers = netted(rows, locations)
  const order = orders[choose](offers, demand, locations)
  const turn = hash(demand.orderId)
  return [...demand.units].flatMap(([sku, units]) => {
    let left = units
    return order.flatMap(({ name }) => {
      const given = fromShares(turned(sharesAt(offers, sku, name), turn), left)
      left -= given.reduce((sum, portion) => sum + portion.units, 0)
      return given
    })
  })
}

/** At most this many units of one article at one location. */
function fromShares(shares: readonly Netted[], units: number): readonly Portion[] {
  let left = units
  return shares.flatMap(({ row, gives }): Portion[] => {
    const taken = Math.min(left, gives)
    left -= taken
    if (taken === 0) return []
    const { warehouse, sku, location, share } = row
    return [{ warehouse, sku, location, share, units: taken }]
  })
}

type Order = (
  offers: readonly Netted[],
  demand: Demand,
  locations: readonly Location[],
) => readonly Location[]

/** How locations are ordered; the input is ordered by priority. */
const orders: Readonly<Record<StockPolicy['choose'], Order>> = {
  priority: (_, __, locations) => locations,
  nearest: (_, { country }, locations) =>
    locations.toSorted((a, b) => distance(a, country) - distance(b, country)),
  'fewest-splits': fewest,
}

/** Smaller is nearer: its own country, then the countries it serves in their order, then all others. */
function distance({ country, serves }: Location, to: string | undefined): number {
  if (to === undefined || country === to) return 0
  const near = serves.indexOf(to)
  return near < 0 ? serves.length + 1000 : near + 1
}

/** One location that has everything; otherwise, at each step, the one with most of the rest. */
function fewest(offers: readonly Netted[], { units }: Demand, locations: readonly Location[]) {
  const left = new Map(units)
  const order: Location[] = []
  while (order.length < locations.length) {
    const rest = locations.filter((one) => !order.includes(one))
    const served = (one: Location) =>
      [...left].reduce((sum, [sku, n]) => sum + Math.min(n, freeAt(offers, sku, one.name)), 0)
    const best = rest.reduce((a, b) => (served(b) > served(a) ? b : a))
    for (const [sku, n] of left) left.set(sku, n - Math.min(n, freeAt(offers, sku, best.name)))
    order.push(best)
  }
  return order
}

const sharesAt = (offers: readonly Netted[], sku: string, location: string): readonly Netted[] =>
  offers.filter(({ row }) => row.sku === sku && row.location === location)

const freeAt = (offers: readonly Netted[], sku: string, location: string): number =>
  sharesAt(offers, sku, location).reduce((sum, { gives }) => sum + gives, 0)

/** Orders start at different shards, so that they rarely collide. */
const turned = <T>(all: readonly T[], turn: number): readonly T[] => {
  const first = all.length === 0 ? 0 : turn % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

const hash = (text: string): number =>
  [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_521, 7)
