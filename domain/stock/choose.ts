import type { Portion } from '../../schemas/events/order-event.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { type Netted, netted } from './netting.ts'
import type { Location, StockPolicy } from './places.ts'

interface Demand {
  /** Units by SKU. */
  readonly units: ReadonlyMap<string, number>
  /** Where the order ships to, ISO 3166-1 alpha-2. */
  readonly country?: string | undefined
  /** Deals orders for a hot article to its shares. */
  readonly orderId: string
}

interface Choice {
  readonly locations: readonly Location[]
  readonly choose: StockPolicy['choose']
}

/** Where units are promised from: as many as there are, from as few places as the policy asks for. */
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

/** Up to so many units of one article at one location. */
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

/** How locations are put in a row; those given are by priority. */
const orders: Readonly<Record<StockPolicy['choose'], Order>> = {
  priority: (_, __, locations) => locations,
  nearest: (_, { country }, locations) =>
    locations.toSorted((a, b) => distance(a, country) - distance(b, country)),
  'fewest-splits': fewest,
}

/** Nearer is smaller: its own country, those it serves in their order, then all the others. */
function distance({ country, serves }: Location, to: string | undefined): number {
  if (to === undefined || country === to) return 0
  const near = serves.indexOf(to)
  return near < 0 ? serves.length + 1000 : near + 1
}

/** One location that has everything, else at each step the one that serves most of what is left. */
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

/** Orders begin at different shares and go round, so that they meet as seldom as may be. */
const turned = <T>(all: readonly T[], turn: number): readonly T[] => {
  const first = all.length === 0 ? 0 : turn % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

const hash = (text: string): number =>
  [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_521, 7)
