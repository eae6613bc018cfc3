import { toShip } from '../../domain/order/lines.ts'
import type { Commit } from '../../domain/ports.ts'
import { freeIn, memory } from '../../domain/stock/row.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Holding, OrderState } from '../../schemas/stored/order-state.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'

/** What somebody told of an article at a location. */
export interface Fact {
  readonly sku: string
  readonly location: string
  readonly at: Instant
  readonly onHand: number
  readonly quarantined?: number
  /** A movement changes what is there, a count says it. */
  readonly is: 'count' | 'movement'
}

interface Kept {
  /** All rows there are, in any order. */
  rows(): readonly StockRow[]
  /** What is sold, and the articles in one of it. */
  readonly recipes: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** How much history there was when the request that is being worked on began. */
  begun(): number
}

/**
 * A second, simple bookkeeping: it writes down what became known, works out the numbers from the start each time, and notes where
 * the rows say something else. `broken` is what it found.
 */
export function openStockBooks({ rows, recipes, begun }: Kept) {
  const facts: Fact[] = []
  const states = new Map<OrderId, OrderState>()
  const broken: string[] = []
  const crowded = new Set<string>()
  /** What was free of each article after each change, oldest first. */
  const history: ReadonlyMap<string, number>[] = []
  let known = new Map<string, StockRow>()
  let current: readonly StockRow[] = []

  const nameOf = ({ sku, location, share }: StockRow) => `${sku} at ${location}/${share}`
  const remember = () => {
    known = new Map(current.map((row) => [nameOf(row), row]))
    const free = new Map<string, number>()
    for (const row of current) free.set(row.sku, (free.get(row.sku) ?? 0) + freeIn(row))
    history.push(free)
  }
  const perUnit = (line: OrderState['lines'][number], sku: string) =>
    recipes[line.sku ?? '']?.[sku] ?? 0
  const leftFor = (line: OrderState['lines'][number], sku: string) =>
    line.parts?.[sku] ?? line.shipped * perUnit(line, sku)
  /** Units of an article that an order still has to send. */
  const demand = ({ lines }: OrderState, sku: string) =>
    lines.reduce(
      (sum, line) =>
        sum + Math.max(0, (line.shipped + toShip(line)) * perUnit(line, sku) - leftFor(line, sku)),
      0,
    )

  /** The last count, and what moved after it. */
  const truth = (sku: string, location: string, of: 'onHand' | 'quarantined'): number => {
    const here = facts.filter((fact) => fact.sku === sku && fact.location === location)
    const last = here
      .filter((fact) => fact.is === 'count' && fact[of] !== undefined)
      .reduce<Fact | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined)
    return here
      .filter((fact) => fact.is === 'movement' && fact.at > (last?.at ?? ''))
      .reduce((sum, fact) => sum + (fact[of] ?? 0), last?.[of] ?? 0)
  }

  function conserved(): void {
    for (const [place, shares] of Map.groupBy(current, (row) => `${row.sku} at ${row.location}`)) {
      const [{ sku, location } = { sku: '', location: '' }] = shares
      const sum = (of: 'onHand' | 'quarantined') => shares.reduce((all, row) => all + row[of], 0)
      const isFull = ({ since, quarantinedSince = [] }: StockRow) =>
        since.length >= memory || quarantinedSince.length >= memory
      if (shares.some(isFull)) crowded.add(place)
      for (const what of ['onHand', 'quarantined'] as const) {
        const [is, should] = [sum(what), truth(sku, location, what)]
        // What a row has forgotten never makes more than there is.
        const isFine = crowded.has(place) ? what === 'quarantined' || is <= should : is === should
        if (!isFine) broken.push(`${place}: ${what} is ${is}, told were ${should}`)
      }
    }
  }

  function held(): void {
    const all = [...states.values()].flatMap(({ stock }) => stock?.reservations ?? [])
    if (all.some((one) => one.reserved < 0 || one.left < 0))
      broken.push('less than nothing is held')
    for (const row of current) {
      const here = all.filter((one) => isAt(one, row))
      const reserved = here.reduce((sum, one) => sum + one.reserved, 0)
      const by = Object.values(row.reservedBy).reduce((sum, units) => sum + units, 0)
      if (reserved === row.reserved && by === row.reserved) continue
      broken.push(`${nameOf(row)}: orders hold ${reserved} of ${row.reserved}, channels ${by}`)
    }
  }

  /**
   * What is promised was free, all places of the article together, at some moment since whoever decided it began. A unit that left
   * spends one that was reserved, wherever it left from.
   */
  function there({ before, after }: Commit): void {
    const since = history.slice(Math.max(0, begun() - 1))
    for (const sku of new Set(current.map((row) => row.sku))) {
      const gone = heldOf(after, sku, 'left') - heldOf(before, sku, 'left')
      const kept = Math.max(0, heldOf(before, sku, 'reserved') - Math.max(0, gone))
      const taken = heldOf(after, sku, 'reserved') - kept
      const most = Math.max(...since.map((free) => free.get(sku) ?? 0))
      if (taken > 0 && taken > most) broken.push(`${taken} of ${sku} were promised of ${most}`)
    }
  }

  function promised({ stock }: Commit): void {
    for (const { reserve, left, ...place } of stock?.writes ?? []) {
      const row = current.find((one) => isAt(one, place))
      const before = row && known.get(nameOf(row))
      if (!row || !before) continue
      if (reserve > 0 && freeIn(row) < 0) broken.push(`${nameOf(row)} is oversold`)
      const lost = freeIn(before) - freeIn(row)
      if (reserve <= 0 && lost > Math.max(0, (left?.units ?? 0) + reserve)) {
        broken.push(`${nameOf(row)}: ${lost} units went for nothing`)
      }
    }
  }

  /** What an order sent is taken off, and it keeps no more than it still has to send. */
  function kept(after: OrderState): void {
    for (const sku of new Set(current.map((row) => row.sku))) {
      const sent = after.lines.reduce((sum, line) => sum + leftFor(line, sku), 0)
      const off = heldOf(after, sku, 'left')
      if (off !== sent) broken.push(`${after.id}: ${sent} of ${sku} were sent, ${off} taken off`)
      const [keeps, needs] = [heldOf(after, sku, 'reserved'), demand(after, sku)]
      if (keeps > needs) broken.push(`${after.id} keeps ${keeps} of ${sku} and needs ${needs}`)
    }
  }

  /** Nobody may be refused what was there all the while. */
  function refused({ before, after }: Commit): void {
    for (const { id, units } of after.stock?.short ?? []) {
      if (before.stock?.short.some((one) => one.id === id && one.units === units)) continue
      const line = after.lines.find((one) => one.id === id)
      const since = history.slice(Math.max(0, begun() - 1))
      const isScarce = Object.keys(recipes[line?.sku ?? ''] ?? {}).some((sku) => {
        const gone = heldOf(after, sku, 'left') - heldOf(before, sku, 'left')
        const kept = Math.max(0, heldOf(before, sku, 'reserved') - gone)
        return since.some((free) => (free.get(sku) ?? 0) < demand(after, sku) - kept)
      })
      if (!isScarce) broken.push(`${after.id} was refused ${line?.sku}`)
    }
  }

  return {
    broken,
    history,
    states: (): readonly OrderState[] => [...states.values()],
    demand,
    /** What somebody told has been written down. */
    told(...some: readonly Fact[]): void {
      facts.push(...some)
      current = rows()
      conserved()
      remember()
    },
    /** An order's step has been written down. */
    committed(commit: Commit): void {
      const { before, after } = commit
      current = rows()
      refused(commit)
      there(commit)
      promised(commit)
      states.set(after.id, after)
      facts.push(...departures(before, after))
      held()
      kept(after)
      conserved()
      remember()
    },
  }
}

type Place = Pick<Holding, 'sku' | 'location' | 'share'>

const isAt = (a: Place, b: Place): boolean =>
  a.sku === b.sku && a.location === b.location && a.share === b.share

const heldOf = ({ stock }: OrderState, sku: string, of: 'reserved' | 'left'): number =>
  (stock?.reservations ?? [])
    .filter((one) => one.sku === sku)
    .reduce((sum, one) => sum + one[of], 0)

/** What left in an order's step, by where the order says that it did; each step is about one parcel. */
function departures(before: OrderState, after: OrderState): readonly Fact[] {
  const fresh = Object.values(after.shipments).filter(({ id }) => !(id in before.shipments))
  const at = fresh
    .map(({ shippedAt }) => shippedAt)
    .toSorted()
    .at(-1)
  return (after.stock?.reservations ?? []).flatMap((one): Fact[] => {
    const known = before.stock?.reservations.find((other) => isAt(other, one))
    const units = one.left - (known?.left ?? 0)
    if (units === 0 || at === undefined) return []
    return [{ sku: one.sku, location: one.location, at, onHand: -units, is: 'movement' }]
  })
}
