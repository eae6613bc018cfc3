import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { SellingTerms } from '../../schemas/settings.ts'
import { type Part, type PartWhy, type Why, Withheld } from '../../schemas/stored/listing.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { freeIn, unsellableIn } from './row.ts'

/** A listing with everything that decides its available units. */
export interface Offer {
  readonly connection: ConnectionId
  readonly terms: Omit<
    SellingTerms,
    'locations' | 'shortStock' | 'publish' | 'compareMinutes' | 'drift'
  >
  /**
   * What a quantity means to the channel: `sellable` units, or `physical` units from which it subtracts its own open
   * orders.
   */
  readonly semantics: 'sellable' | 'physical'
  readonly parts: readonly OfferedPart[]
  readonly now: Instant
  /** Units sold whose orders have not arrived. @default 0 */
  readonly unseen?: number
  /** The terms that the listing sets itself. @default none */
  readonly byListing?: NonNullable<Why['byListing']>
}

export interface OfferedPart extends Part {
  /** The article's stock at the locations that the channel sells from. None: never counted, so it limits nothing. */
  readonly rows: readonly StockRow[]
  /** Units that other locations of the warehouse have reserved but do not have. @default 0 */
  readonly short?: number
  /** Units exclusive to other channels. */
  readonly kept: number
  /** Units in the channel's own open orders, wherever they are reserved; 0 if they may belong to other listings. */
  readonly own: number
  /** Safety stock by location from the settings, unless a row has its own. */
  readonly safety: Readonly<Record<string, number>>
}

export interface Available {
  readonly units: number
  readonly why: Why
}

/** How many units a channel may be sent, and why; `undefined` if nothing was ever counted. */
export function available(offer: Offer): Available | undefined {
  const counted = offer.parts.filter(({ rows }) => rows.length > 0)
  if (counted.length === 0) return undefined
  const horizon = daysAfter(offer.now, offer.terms.leadTimeDays)
  const parts = counted.map((part) => explained(part, horizon))
  const whole = sumOf(byWarehouse(parts), (some) =>
    Math.min(...some.map(({ sellable, per }) => Math.floor(sellable / per))),
  )
  const { units, withheld } = withhold(whole, offer)
  const own = offer.semantics === 'physical' ? ownOf(counted) : 0
  const byListing = offer.byListing ?? []
  const why = { parts, whole, withheld, own, ...(byListing.length > 0 && { byListing }) }
  return { units: units + own, why }
}

function explained(
  { rows, short = 0, kept, safety, ...rest }: OfferedPart,
  horizon: Instant,
): PartWhy {
  const { warehouse, sku, per } = rest
  const free = sumOf(rows, freeIn)
  const withheld = sumOf(byLocation(rows), (some) => safetyIn(some, safety))
  const incoming = sumOf(rows, (row) =>
    sumOf(row.incoming, ({ units, expectedAt }) => (expectedAt <= horizon ? units : 0)),
  )
  return {
    warehouse,
    sku,
    per,
    onHand: sumOf(rows, ({ onHand }) => onHand),
    quarantined: sumOf(rows, unsellableIn),
    reserved: sumOf(rows, ({ reserved }) => reserved),
    safety: withheld,
    ...(short > 0 && { short }),
    incoming,
    kept,
    sellable: Math.max(0, free - short - withheld + incoming - kept),
  }
}

/** A location withholds at most what it has; an overcommitted one takes from the others. */
function safetyIn(rows: readonly StockRow[], safety: OfferedPart['safety']): number {
  const own = rows.flatMap((row) => row.safety ?? [])
  const wanted = own.length > 0 ? Math.max(...own) : (safety[rows[0]?.location ?? ''] ?? 0)
  return Math.min(wanted, Math.max(0, sumOf(rows, freeIn)))
}

interface Taken {
  readonly units: number
  readonly withheld: Why['withheld']
}

/** In this order: sold units are gone before the rest is shared. */
function withhold(whole: number, { terms, unseen = 0 }: Offer): Taken {
  const steps: readonly (readonly [Withheld, (units: number) => number])[] = [
    ['unseen', (units) => units - unseen],
    ['buffer', (units) => units - terms.buffer],
    ['allocation', (units) => allocated(units, terms.allocation)],
    ['minimum', (units) => (units < terms.minimum ? 0 : units)],
    ['maximum', (units) => Math.min(units, terms.maximum ?? units)],
  ]
  let taken: Taken = { units: whole, withheld: {} }
  for (const [name, step] of steps) {
    const units = Math.max(0, step(taken.units))
    const less = taken.units - units
    if (less > 0) taken = { units, withheld: { ...taken.withheld, [name]: less } }
  }
  return taken
}

function allocated(units: number, allocation: SellingTerms['allocation']): number {
  if ('percent' in allocation) return Math.floor((units * allocation.percent) / 100)
  return Math.min(units, 'atMost' in allocation ? allocation.atMost : allocation.exclusive)
}

/** Whole units of the listing in the channel's own open orders. */
const ownOf = (parts: readonly OfferedPart[]): number =>
  sumOf(byWarehouse(parts), (some) =>
    Math.min(...some.map(({ own, per }) => Math.floor(own / per))),
  )

/**
 * The number as text: "on hand 12, reserved 3, safety 2, buffer 1 → 6". Terms are the channel's from the settings,
 * unless marked as the listing's own.
 */
export function sayWhy({ units, why }: Available): string {
  const { parts, withheld, own, byListing = [] } = why
  const [only, ...others] = parts
  const single = only && others.length === 0 && only.per === 1
  const whose = (term: string) => (byListing.some((one) => one === term) ? ownTerm : '')
  const terms = [
    ...withholdings.flatMap((name) => said(name, withheld[name] ?? 0, whose(name))),
    ...said('its own open orders', own),
  ]
  const way = whose('leadTimeDays')
  const told = single ? [...partWords(only, way)] : parts.map((part) => partSentence(part, way))
  const separator = single ? ', ' : '; '
  return `${[...told, ...terms].join(separator)} → ${units}`
}

const ownTerm = ' (set for this listing)'

const withholdings = Withheld.options

const partSentence = (part: PartWhy, way: string): string =>
  `${part.per} × ${part.sku}: ${partWords(part, way).join(', ')} → ${part.sellable}`

const partWords = (part: PartWhy, way: string): readonly string[] => [
  `on hand ${part.onHand}`,
  ...said('quarantined', part.quarantined),
  ...said('reserved', part.reserved),
  ...said('safety', part.safety),
  ...said('short elsewhere', part.short ?? 0),
  ...said('on its way', part.incoming, way),
  ...said('kept for others', part.kept),
]

const said = (what: string, units: number, whose = ''): readonly string[] =>
  units === 0 ? [] : [`${what} ${units}${whose}`]

const sumOf = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

const byWarehouse = <T extends Part>(parts: readonly T[]): readonly (readonly T[])[] =>
  grouped(parts, ({ warehouse }) => warehouse)

const byLocation = (rows: readonly StockRow[]): readonly (readonly StockRow[])[] =>
  grouped(rows, ({ location }) => location)

const grouped = <T>(all: readonly T[], by: (one: T) => string): readonly (readonly T[])[] => [
  ...Map.groupBy(all, by).values(),
]

const daysAfter = (now: Instant, days: number): Instant =>
  new Date(Date.parse(now) + days * 86_400_000).toISOString()
