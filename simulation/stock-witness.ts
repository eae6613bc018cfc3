import { shown } from '../domain/listings/quantity.ts'
import { dealt, toShip } from '../domain/order/lines.ts'
import { freeOf } from '../domain/stock/netting.ts'
import { freeIn } from '../domain/stock/row.ts'
import type { Connection } from '../schemas/settings.ts'
import { Listing } from '../schemas/stored/listing.ts'
import type { Holding, OrderState } from '../schemas/stored/order-state.ts'
import type { Place, StockRow } from '../schemas/stored/stock.ts'
import { piecesOf } from './articles.ts'
import { History } from './history.ts'
import type { Change } from './tables.ts'
import type { Breach, Witness } from './witness.ts'

/** Units that left, came or were counted at a place, as the world has it. */
interface Moved {
  readonly at: string
  readonly units: number
}

interface Given {
  readonly witness: Witness
  readonly now: () => number
  /** Looks again when everything that happens at once has happened. */
  readonly afterwards: (look: () => void) => void
  readonly tell: (text: string, about: { readonly article: string }) => void
  /** What the settings call a place of a warehouse, by the warehouse's code. */
  readonly locationOf: (warehouse: string, code: string) => string | undefined
}

/** Milliseconds within which a request that began before has ended. */
const requestMs = 600_000

/**
 * A system that is asked for its counts answers within so many milliseconds of the moment that the count is about: page by
 * page, each of which may take nine seconds or be asked for again.
 */
const [earlier, later] = [100, 60_000]

/** Sees every row of stock that was written, beside what really lies on the shelves, and says at once where one breaks a promise. */
export class StockWitness {
  /** As they were written last, by place. */
  readonly rows = new Map<string, StockRow>()
  /** Parcels that the ledger knows, by article and location. */
  readonly #left = new Map<string, Moved[]>()
  /** Movements that people made, by the id under which they tell them, and those that were learned. */
  readonly #moves = new Map<string, Moved & { readonly key: string }>()
  readonly #learned = new Map<string, Moved[]>()
  readonly #shelves = new History()
  readonly #free = new History()
  readonly #heads = new Map<string, OrderState>()
  /** What orders have reserved, by place. */
  readonly #promises = new Map<string, number>()
  readonly #given: Given

  constructor(given: Given) {
    this.#given = given
  }

  /** A shelf of a warehouse is another than it was. */
  shelved(warehouse: string, sku: string, places: Readonly<Record<string, { onHand: number }>>) {
    for (const [code, { onHand }] of Object.entries(places)) {
      const location = this.#given.locationOf(warehouse, code)
      if (location)
        this.#shelves.note(keyOf({ warehouse, sku, location }), this.#given.now(), onHand)
    }
  }

  /** Somebody moved goods, and tells it under a name. */
  moved(name: string, place: Omit<Place, 'share'>, movement: Moved): void {
    this.#moves.set(name, { ...movement, key: keyOf(place) })
  }

  changed({ kind, key, image, old }: Change): void {
    if (image === undefined) return
    const [pk, sk] = [String(key['pk']), String(key['sk'])]
    if (sk === 'move' && kind === 'INSERT') this.#learn(pk.slice('move#'.length))
    // The stock table's own rows, as the platform writes them.
    if (sk.startsWith('at#')) this.#row(image as unknown as Stored, old)
    if (sk === 'listing') this.#listing(Listing.parse(image))
  }

  /** What a channel was told that it may sell of something, when it took the number. */
  told({ id }: Pick<Connection, 'id'>, { sku, units, from }: Told): void {
    if (from === undefined) {
      this.#breach(
        'sold once',
        `${id} was told ${units} of ${sku}, whatever it had sold by then`,
        sku,
      )
    }
    const warehouses = [...new Set([...this.rows.values()].map(({ warehouse }) => warehouse))]
    const most = warehouses.reduce((sum, warehouse) => sum + this.#most(warehouse, sku), 0)
    if (units > most) {
      this.#breach(
        'truthful quantities',
        `${id} was told ${units} of ${sku}, there were ${most}`,
        sku,
      )
    }
  }

  /** An order as it was written. */
  ordered(after: OrderState): void {
    const before = this.#heads.get(after.id)
    this.#heads.set(after.id, after)
    this.#promise(before, -1)
    this.#promise(after, 1)
    this.#parcels(before, after)
    this.#refused(before, after)
    this.#taken(before, after)
    for (const { warehouse, sku } of after.stock?.reservations ?? []) this.#look({ warehouse, sku })
  }

  /** Who has to tell a channel a number does not forget it. */
  #listing(listing: Listing): void {
    const { connection, sku, attributes } = listing
    const { desired, dirtySince, refusal } = attributes.quantity ?? {}
    if (!desired || dirtySince !== undefined || refusal) return
    const shows = shown(attributes.quantity ?? {}, { semantics: 'sellable' })
    if (shows === desired.value) return
    const what = `${connection} is to show ${desired.value} of ${sku} instead of ${shows}, and nobody tells it`
    this.#breach('nothing in limbo', what, sku)
  }

  #learn(name: string): void {
    const movement = this.#moves.get(name)
    if (movement)
      this.#learned.set(movement.key, [...(this.#learned.get(movement.key) ?? []), movement])
  }

  #row(after: Stored, old: Change['old']): void {
    const before = old as unknown as Stored | undefined
    const { warehouse, sku, location } = after
    this.rows.set(placeOf(after), after)
    this.#given.tell(told(after, before), { article: sku })
    for (const what of wrongIn(after, before)) {
      this.#breach(...what, sku)
    }
    this.#free.note(`${warehouse} ${sku}`, this.#given.now(), this.freeOf({ warehouse, sku }))
    this.#look({ warehouse, sku, location })
  }

  /**
   * What is promised anew was free at some time while the request lasted, all places of the warehouse together. A unit that left spends
   * one that was reserved, wherever it left from; one that left before the last count is not in that count, so what was reserved for it
   * is free.
   */
  #taken(before: OrderState | undefined, after: OrderState): void {
    const held = after.stock?.reservations ?? []
    const warehouse = after.route?.wms ?? ''
    const [since, now] = [this.#given.now() - requestMs, this.#given.now()]
    for (const sku of new Set(held.map((one) => one.sku))) {
      const units = (state: OrderState | undefined, of: 'reserved' | 'left') =>
        sum(heldAt(state, { warehouse, sku }).map((one) => one[of]))
      const gone = Math.max(0, this.#spent(before, after, { warehouse, sku }))
      const taken = units(after, 'reserved') - Math.max(0, units(before, 'reserved') - gone)
      const most = Math.max(0, ...this.#free.within(`${warehouse} ${sku}`, since, now))
      if (taken <= 0 || taken <= most) continue
      const what = `${after.id} was promised ${taken} ${sku}, ${most} were free at ${warehouse}`
      this.#breach('no oversell', what, sku)
    }
  }

  /** Units of an article that an order is newly known to have had sent since the last count of where they lay. */
  #spent(
    before: OrderState | undefined,
    after: OrderState,
    article: { readonly warehouse: string; readonly sku: string },
  ): number {
    const at = lastSent(before, after)
    const since = heldAt(after, article).filter(
      (place) => at > (this.rows.get(placeOf(place))?.countedAt ?? ''),
    )
    const then = heldAt(before, article)
    return sum(since.map((place) => place.left - (then.find((one) => isAt(one, place))?.left ?? 0)))
  }

  /** Units that may be promised: what one place is short of, the others of its warehouse do not have to give. */
  freeOf({ warehouse, sku }: Pick<Place, 'sku'> & { readonly warehouse: string }): number {
    return freeOf(
      [...this.rows.values()].filter((row) => row.warehouse === warehouse && row.sku === sku),
    )
  }

  /** At most so many could be sold of something within the last minutes; without limit where nobody counts it. */
  #most(warehouse: string, sku: string): number {
    const since = this.#given.now() - requestMs
    const counted = piecesOf(sku).filter((piece) => this.#free.knows(`${warehouse} ${piece.sku}`))
    if (counted.length === 0) return 0
    return Math.min(
      ...counted.map((piece) =>
        Math.floor(
          Math.max(...this.#free.within(`${warehouse} ${piece.sku}`, since, this.#given.now())) /
            piece.per,
        ),
      ),
    )
  }

  #promise(state: OrderState | undefined, times: 1 | -1): void {
    for (const held of state?.stock?.reservations ?? []) {
      const place = placeOf(held)
      this.#promises.set(place, (this.#promises.get(place) ?? 0) + times * held.reserved)
    }
  }

  #parcels(before: OrderState | undefined, after: OrderState): void {
    const at = lastSent(before, after)
    for (const now of after.stock?.reservations ?? []) {
      const then = before?.stock?.reservations.find((one) => isAt(one, now))
      const units = now.left - (then?.left ?? 0)
      const key = keyOf(now)
      if (units !== 0) this.#left.set(key, [...(this.#left.get(key) ?? []), { at, units: -units }])
    }
  }

  /** Who is told that there is too little may be told so when it was so at some time while the request lasted. */
  #refused(before: OrderState | undefined, after: OrderState): void {
    const { stock, route } = after
    if (!stock || !route || stock.short.length === 0) return
    if (JSON.stringify(before?.stock?.short) === JSON.stringify(stock.short)) return
    const [since, now] = [this.#given.now() - requestMs, this.#given.now()]
    const scarce = missingIn(after).some(([sku, units]) => {
      const free = this.#free.within(`${route.wms} ${sku}`, since, now)
      const taken = reservedIn(after, sku) - reservedIn(before, sku)
      return free.length === 0 || Math.min(...free) < units + Math.max(0, taken)
    })
    if (scarce) return
    const what = 'was told that there is too little, and there was enough all the time'
    this.#given.witness.breach('no needless refusal', what, after.id)
  }

  #look(article: { readonly warehouse: string; readonly sku: string; readonly location?: string }) {
    this.#given.afterwards(() => {
      for (const row of this.rows.values()) {
        if (row.warehouse === article.warehouse && row.sku === article.sku) this.#promised(row)
      }
      const { location } = article
      if (location !== undefined) this.#conserved({ ...article, location })
    })
  }

  /** What is reserved at a place is what orders have there. */
  #promised(row: StockRow): void {
    const units = this.#promises.get(placeOf(row)) ?? 0
    if (units === row.reserved) return
    const what = `${placeOf(row)}: ${row.reserved} are reserved, orders have ${units}`
    this.#breach('reserved once', what, row.sku)
  }

  /** What lies there is what was counted, and what moved since, as far as it is known. */
  #conserved(place: {
    readonly warehouse: string
    readonly sku: string
    readonly location: string
  }) {
    const key = keyOf(place)
    const rows = [...this.rows.values()].filter((row) => keyOf(row) === key)
    const [{ countedAt, since = [] } = {}] = rows
    if (countedAt === undefined || since.length >= 12) return
    const known = sum(rows.map(({ onHand }) => onHand))
    const moves = [...(this.#left.get(key) ?? []), ...(this.#learned.get(key) ?? [])]
    const moved = sum(moves.filter(({ at }) => at > countedAt).map(({ units }) => units))
    const counted = Date.parse(countedAt)
    const there = this.#shelves.within(key, counted - earlier, counted + later)
    const may = there.map((units) => Math.max(0, units) + moved)
    if (there.length === 0 || may.includes(known)) return
    const what = `${key}: ${known} are known, ${may.join(' or ')} were counted and moved since`
    this.#breach('stock conserved', what, place.sku)
  }

  #breach(promise: string, what: string, article: string): void {
    const breach: Breach = { promise, what, article }
    if (this.#given.witness.breaches.some((one) => one.promise === promise && one.what === what))
      return
    this.#given.tell(`BREACH of "${promise}": ${what}`, { article })
    this.#given.witness.breaches.push(breach)
  }
}

/** A number that a channel took; `from` is what it should have shown before. */
export interface Told {
  readonly sku: string
  readonly units: number
  readonly from: number | undefined
}

/** A row with what stands beside it for conditions. */
type Stored = StockRow & { readonly free: number }

function* wrongIn(
  after: Stored,
  before: Stored | undefined,
): Iterable<[promise: string, what: string]> {
  const at = placeOf(after)
  if (after.reserved < 0) yield ['reserved once', `${at}: ${after.reserved} are reserved`]
  const byChannel = sum(Object.values(after.reservedBy))
  if (byChannel !== after.reserved) {
    yield ['reserved once', `${at}: ${after.reserved} are reserved, ${byChannel} by channels`]
  }
  if (after.free !== freeIn(after)) {
    yield ['no oversell', `${at}: ${after.free} are said to be free, ${freeIn(after)} are`]
  }
  if (after.reserved > (before?.reserved ?? 0) && freeIn(after) < 0) {
    yield ['no oversell', `${at}: ${-freeIn(after)} were promised that are not there`]
  }
  if (after.rev !== (before?.rev ?? 0) + 1) {
    yield ['stock conserved', `${at}: revision ${after.rev} follows ${before?.rev ?? 0}`]
  }
  if ((after.countedAt ?? '') < (before?.countedAt ?? '')) {
    yield [
      'stock conserved',
      `${at}: a count of ${after.countedAt} follows one of ${before?.countedAt}`,
    ]
  }
}

function told(after: Stored, before: Stored | undefined): string {
  const { onHand, reserved, countedAt } = after
  const from = (now: number, then: number | undefined) =>
    then === undefined || then === now ? String(now) : `${then} → ${now}`
  const units = `on hand ${from(onHand, before?.onHand)}, reserved ${from(reserved, before?.reserved)}`
  return `ledger, ${placeOf(after)}: ${units}${countedAt === before?.countedAt ? '' : `, counted ${countedAt}`}`
}

/** Units of each article that an order has too few of. */
export function missingIn(state: OrderState): readonly (readonly [sku: string, units: number])[] {
  const { stock, lines } = state
  if (!stock) return []
  const wanted = new Map<string, number>()
  const there = dealt(lines, stock)
  const short = new Set(stock.short.map(({ id }) => id))
  for (const line of lines.filter(({ id }) => stock.whole || short.has(id))) {
    const units = stock.whole ? toShip(line) : toShip(line) - (there.get(line.id) ?? 0)
    for (const { sku, per } of stock.articles[line.id]?.parts ?? []) {
      wanted.set(sku, (wanted.get(sku) ?? 0) + units * per)
    }
  }
  const held = (sku: string) =>
    stock.whole
      ? sum(stock.reservations.filter((one) => one.sku === sku).map((one) => one.reserved))
      : 0
  return [...wanted].map(([sku, units]) => [sku, units - held(sku)] as const)
}

/** When the parcels left that are newly known of; of several that are learned at once the last one's moment counts for all. */
const lastSent = (before: OrderState | undefined, after: OrderState): string =>
  Object.values(after.shipments)
    .filter((parcel) => JSON.stringify(before?.shipments[parcel.id]) !== JSON.stringify(parcel))
    .map(({ shippedAt }) => shippedAt)
    .toSorted()
    .at(-1) ?? ''

const heldAt = (
  state: OrderState | undefined,
  { warehouse, sku }: Pick<Place, 'sku'> & { readonly warehouse: string },
): readonly Holding[] =>
  (state?.stock?.reservations ?? []).filter((one) => one.warehouse === warehouse && one.sku === sku)

const reservedIn = (state: OrderState | undefined, sku: string): number =>
  sum(
    (state?.stock?.reservations ?? []).filter((one) => one.sku === sku).map((one) => one.reserved),
  )

const isAt = (a: Place | Holding, b: Place): boolean => placeOf(a) === placeOf(b)

const keyOf = ({
  warehouse,
  sku,
  location,
}: Readonly<Record<'warehouse' | 'sku' | 'location', string>>) => `${warehouse} ${sku} ${location}`

const placeOf = (place: Place | Holding): string => `${keyOf(place)}/${place.share}`

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)
