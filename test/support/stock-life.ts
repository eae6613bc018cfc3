import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { orderIdOf } from '../../domain/order/order-id.ts'
import type { Commit, Ledger, Stock, StockStep } from '../../domain/ports.ts'
import { applyCounts, type CountingDeps } from '../../domain/stock/counting.ts'
import { applyMovements } from '../../domain/stock/movements.ts'
import type { StockMovement } from '../../schemas/api/stock.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { MemoryMarks } from './memory-marks.ts'
import { seconds, shop, start, wms } from './orders.ts'
import { type Fact, openStockBooks } from './stock-books.ts'
import { openStockRoom, type Room, wanting } from './stock-room.ts'

/** What may happen in a warehouse and to its orders; `n` picks which. */
export interface Happening {
  readonly what: keyof typeof happenings
  readonly n: number
}

/** The process was killed at an await: whoever sent the message sends it again. */
class Killed extends Error {}

interface Life {
  readonly room: Omit<Room, 'through' | 'locations'>
  readonly scheduler: fc.Scheduler
  /** Which awaits, in the order they are reached, nobody comes back from. */
  readonly kills: ReadonlySet<number>
}

type World = ReturnType<typeof openStockLife>

/** What is sold, and what is in one of it: bundles share their parts with each other and with what is sold alone. */
const recipes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  MUG: { MUG: 1 },
  PLATE: { PLATE: 1 },
  SET: { MUG: 1, PLATE: 1 },
  PAIR: { MUG: 2 },
}

const skus = ['MUG', 'PLATE'] as const
const locations = ['north', 'south'] as const

/** A few orders for few units, in a world where everything is interleaved, repeated and killed. */
export function openStockLife({ room, scheduler, kills }: Life) {
  const begun = new AsyncLocalStorage<number>()
  let awaits = 0
  let clock = 0

  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    awaits += 1
    const killed = kills.has(awaits)
    await scheduler.schedule(Promise.resolve(), `${awaits}`)
    const result = await work()
    if (killed) throw new Killed()
    return result
  }
  const through = ({ ledger, stock }: { ledger: Ledger; stock: Stock }) => {
    const seen = async (commit: Commit): Promise<boolean> => {
      const done = await ledger.commit(commit)
      if (done) books.committed(commit)
      return done
    }
    return {
      ledger: {
        load: (id: Order['id']) => step(() => ledger.load(id)),
        open: (...about: Parameters<Ledger['open']>) => step(() => ledger.open(...about)),
        commit: (commit: Commit) => step(() => seen(commit)),
      },
      stock: { rows: (...all: Parameters<Stock['rows']>) => step(() => stock.rows(...all)) },
    }
  }
  const opened = openStockRoom({ ...room, locations, through })
  const { stock, rules, crossReferences } = opened
  const books = openStockBooks({
    rows: () => stock.all(),
    recipes,
    begun: () => begun.getStore() ?? 0,
  })

  /** The desk where counts and movements come in; what is written is told to the books. */
  const counting = (facts: (id: string | undefined) => readonly Fact[]): CountingDeps => ({
    book: {
      rows: (...all) => step(() => stock.rows(...all)),
      save: (about: StockStep) =>
        step(async () => {
          const is = await stock.save(about)
          // The name of a whole return is kept before its parts, and changes nothing.
          if (is === 'done' && about.rows.length > 0) books.told(...facts(about.id))
          return is
        }),
    },
    places: rules.placesOf,
    marks: new MemoryMarks(),
    jitter: async () => {},
  })
  const locationOf = (name: string) =>
    rules.locationsOf(wms).find((one) => one.name === name) ?? never(name)

  return {
    ...opened,
    books,
    begun,
    recipes,
    orders: new Map<string, Order>(),
    parcels: 0,
    returns: 0,
    tick: () => {
      clock += 60
      return seconds(clock)
    },
    /** Again and again, as a queue does, until nobody kills it. */
    surely: async (work: () => Promise<unknown>): Promise<void> => {
      for (;;) {
        try {
          await work()
          return
        } catch (error) {
          if (!(error instanceof Killed)) throw error
        }
      }
    },
    /** The warehouse knows bundles only by their parts. */
    begin: () =>
      crossReferences.add(
        ['SET', 'PAIR'].map((code) => {
          const parts = Object.entries(recipes[code] ?? {})
          const [first = never(code), ...others] = parts.map(([sku, quantity]) => ({
            sku,
            quantity,
          }))
          const naming = { from: seconds(-1), components: [first, ...others] as [typeof first] }
          return { connection: wms, kind: 'sku' as const, code, told: [{ naming }] }
        }),
      ),
    count: (fact: Omit<Fact, 'is'>) => {
      const { location, sku, at, onHand, quarantined } = fact
      const count = { sku, at, onHand, ...(quarantined !== undefined && { quarantined }) }
      return applyCounts(
        locationOf(location),
        { counts: [count] },
        counting(() => [{ ...fact, is: 'count' }]),
      )
    },
    move: (location: string, movement: StockMovement, facts: ReadonlyMap<string, Fact>) =>
      applyMovements(locationOf(location), [movement], {
        ...counting((id) => [facts.get(id ?? '') ?? never(id ?? '')]),
        crossReferences,
      }),
  }
}

const never = (what: string): never => {
  throw new Error(`there is no ${what}`)
}

const orderAt = (world: World, n: number): Order | undefined =>
  [...world.orders.values()][n % Math.max(1, world.orders.size)]

const pick = <T>(all: readonly T[], n: number): T => all[n % all.length] ?? never(`${n}`)

/** Some are heard of long after they happened. */
const past = (world: World, n: number): string =>
  new Date(Date.parse(world.tick()) - (n % 3) * 150_500).toISOString()

type Delivery = (() => Promise<unknown>) | undefined

/** Each makes one message, which is delivered as often as anybody likes. */
const happenings = {
  async place(world: World, n: number): Promise<Delivery> {
    const number = `${n % 7}`
    const id = orderIdOf(shop, number)
    const [first, second] = [pick(Object.keys(recipes), n), pick(Object.keys(recipes), n >> 2)]
    const units = { [first]: 1 + (n % 3), [second]: 1 }
    const order = world.orders.get(id) ?? wanting(number, units, { version: start })
    world.orders.set(id, order)
    const at = world.tick()
    return () => world.place(order, at)
  },
  async takeBack(world: World, n: number): Promise<Delivery> {
    const order = orderAt(world, n)
    if (!order) return
    const line = n % order.lines.length
    const lines = order.lines.map((one, i) => ({ ...one, removed: i === line ? 1 : one.removed }))
    return changed(world, { ...order, version: world.tick(), lines: lines as Order['lines'] })
  },
  async cancel(world: World, n: number): Promise<Delivery> {
    const order = orderAt(world, n)
    if (!order) return
    const at = world.tick()
    const lines = order.lines.map((line) => ({ ...line, removed: line.quantity }))
    const gone = { version: at, cancelledAt: at, lines: lines as Order['lines'] }
    return changed(world, { ...order, ...gone })
  },
  async work(world: World, n: number): Promise<Delivery> {
    const order = orderAt(world, n)
    if (!order || !(await world.ledger.load(order.id))) return
    const at = world.tick()
    return () => world.work(order.id, at)
  },
  /** From either place or from one that nobody names; bundles whole or in the words of the warehouse, and in part. */
  async ship(world: World, n: number): Promise<Delivery> {
    const order = orderAt(world, n)
    const state = order && (await world.ledger.load(order.id))
    const line = state?.lines.find((one) => one.released > one.shipped)
    if (!order || !line?.sku) return
    const parts = recipes[line.sku] ?? {}
    const [part = ''] = Object.keys(parts)
    const inside = line.called?.components ? pick([parts, { [part]: 1 }], n) : { [line.sku]: 1 }
    const id = `P${world.parcels++}`
    const at = past(world, n)
    const from = pick(['', 'NORTH', 'SOUTH'], n) || undefined
    return () => world.ship(order.id, id, inside, at, from)
  },
  /** Of what was sent, whole or in part, to either place; some of it can be sold again. */
  async bringBack(world: World, n: number): Promise<Delivery> {
    const order = orderAt(world, n)
    const state = order && (await world.ledger.load(order.id))
    const line = state?.lines.find((one) => one.shipped > 0)
    if (!line?.sku) return
    const id = `R${world.returns++}`
    const disposition = pick(['restock', 'quarantine', 'damaged'] as const, n)
    const quantity = 1 + (n % line.shipped)
    const at = past(world, n)
    const location = pick(locations, n)
    const facts = Object.entries(recipes[line.sku] ?? {}).map(([sku, per]): [string, Fact] => {
      const onHand = quantity * per
      const bad = disposition === 'restock' ? 0 : onHand
      const fact = { sku, location, at, onHand, quarantined: bad, is: 'movement' } as const
      return [`${location}#${id}#${sku}`, fact]
    })
    const movement = {
      kind: 'return',
      id,
      at,
      channelSku: line.sku,
      quantity,
      disposition,
    } as const
    return () => world.move(location, movement, new Map(facts))
  },
  async count(world: World, n: number): Promise<Delivery> {
    const bad = n % 4
    const fact = {
      sku: pick(skus, n),
      location: pick(locations, n >> 1),
      at: past(world, n),
      onHand: n % 8,
      ...(bad < 3 && { quarantined: Math.min(bad, n % 8) }),
    }
    return () => world.count(fact)
  },
  async move(world: World, n: number): Promise<Delivery> {
    const kind = pick(['receipt', 'quarantine', 'release', 'write-off'] as const, n)
    const [sku, location] = [pick(skus, n), pick(locations, n >> 1)]
    const [id, at] = [`M${world.returns++}`, past(world, n)]
    const onHand = { receipt: 1, quarantine: 0, release: 0, 'write-off': -1 }[kind]
    const quarantined = { receipt: 0, quarantine: 1, release: -1, 'write-off': -1 }[kind]
    const fact = { sku, location, at, onHand, quarantined, is: 'movement' } as const
    const facts = new Map([[`${location}#${id}`, fact]])
    return () => world.move(location, { kind, id, sku, at, quantity: 1 }, facts)
  },
  async look(world: World, n: number): Promise<Delivery> {
    const order = orderAt(world, n)
    const at = world.tick()
    return order && (() => world.look(order.id, at))
  },
}

function changed(world: World, next: Order): Delivery {
  world.orders.set(next.id, next)
  const at = world.tick()
  return () => world.place(next, at)
}

/** How often each happens, beside the others. */
const weights: Readonly<Record<keyof typeof happenings, number>> = {
  place: 5,
  work: 6,
  ship: 6,
  bringBack: 3,
  takeBack: 2,
  cancel: 1,
  count: 2,
  move: 2,
  look: 1,
}

export const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(
    ...(Object.keys(weights) as readonly (keyof typeof weights)[]).flatMap((what) =>
      Array.from({ length: weights[what] }, () => what),
    ),
  ),
  n: fc.nat(60),
})

/** Everything is delivered twice, at the same time. */
export const happen = (world: World, { what, n }: Happening): Promise<unknown> =>
  world.begun.run(world.books.history.length, async () => {
    const deliver = await happenings[what](world, n)
    if (deliver) await Promise.all([world.surely(deliver), world.surely(deliver)])
  })
