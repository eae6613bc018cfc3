import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { toShip } from '../../domain/order/lines.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import type { Commit, Ledger, Stock } from '../../domain/ports.ts'
import { freeIn } from '../../domain/stock/row.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Holding, OrderState } from '../../schemas/stored/order-state.ts'
import { seconds, shop, start } from './orders.ts'
import { openStockRoom, type Room, wanting } from './stock-room.ts'

/** What may happen in a warehouse and to its orders; `n` picks which. */
export interface Happening {
  readonly what: keyof typeof happenings
  readonly n: number
}

/** The process was killed at an await: whoever sent the message sends it again. */
class Killed extends Error {}

interface Life {
  readonly room: Omit<Room, 'through'>
  readonly scheduler: fc.Scheduler
  /** Which awaits, in the order they are reached, nobody comes back from. */
  readonly kills: ReadonlySet<number>
}

type World = ReturnType<typeof openStockLife>

const skus = ['MUG', 'PLATE'] as const

/** A few orders for few units, in a world where everything is interleaved, repeated and killed. */
export function openStockLife({ room, scheduler, kills }: Life) {
  /** How much history there was when the request that is being worked on began. */
  const begun = new AsyncLocalStorage<number>()
  let awaits = 0
  let clock = 0
  /** What was free of each article after each change, oldest first. */
  const history: ReadonlyMap<string, number>[] = []
  const broken: string[] = []
  const held = new Map<string, OrderState>()

  const through = ({ ledger, stock }: { ledger: Ledger; stock: Stock }) => {
    const step = async <T>(work: () => Promise<T>): Promise<T> => {
      awaits += 1
      const killed = kills.has(awaits)
      await scheduler.schedule(Promise.resolve(), `${awaits}`)
      const result = await work()
      if (killed) throw new Killed()
      return result
    }
    const seen = async (commit: Commit): Promise<boolean> => {
      const done = await ledger.commit(commit)
      if (done) observe(commit)
      return done
    }
    return {
      ledger: {
        load: (id: Order['id']) => step(() => ledger.load(id)),
        open: (...about: Parameters<Ledger['open']>) => step(() => ledger.open(...about)),
        commit: (commit: Commit) => step(() => seen(commit)),
      },
      stock: { rows: (all: Parameters<Stock['rows']>[0]) => step(() => stock.rows(all)) },
    }
  }
  const opened = openStockRoom({ ...room, through })
  const free = () => new Map(skus.map((sku) => [sku, opened.of(sku).free] as const))
  history.push(free())

  function observe({ after, before, stock }: Commit) {
    for (const { id, units } of after.stock?.short ?? []) {
      if (before.stock?.short.some((one) => one.id === id && one.units === units)) continue
      const line = after.lines.find((one) => one.id === id)
      const sku = line?.sku ?? ''
      const left = heldOf(after, sku).left - heldOf(before, sku).left
      const kept = Math.max(0, heldOf(before, sku).reserved - left)
      const demand = (line ? toShip(line) : 0) - kept
      const from = begun.getStore() ?? 0
      const seen = history.slice(Math.max(0, from - 1)).map((then) => then.get(sku) ?? 0)
      if (!seen.some((units) => units < demand)) broken.push(`${after.id} was refused ${sku}`)
    }
    for (const write of stock?.writes ?? []) {
      const row = opened.stock.at(write)
      if (write.reserve > 0 && row && freeIn(row) < 0) broken.push(`${write.sku} is oversold`)
    }
    history.push(free())
    held.set(after.id, after)
    for (const row of opened.stock.all()) {
      const all = [...held.values()].flatMap((state) => state.stock?.held ?? [])
      const promised = all.filter((one) => one.sku === row.sku && one.share === row.share)
      const sum = promised.reduce((total, one) => total + one.reserved, 0)
      if (sum !== row.reserved) broken.push(`${row.sku}: ${sum} held, ${row.reserved} reserved`)
    }
  }

  const world = {
    ...opened,
    history,
    broken,
    begun,
    orders: new Map<string, Order>(),
    parcels: [] as {
      readonly order: Order
      readonly id: string
      readonly sku: string
      at: string
    }[],
    counts: [] as { readonly sku: string; readonly at: string; readonly onHand: number }[],
    moves: [] as { readonly sku: string; readonly at: string; readonly onHand: number }[],
    idOf: (id: string): Order['id'] =>
      [...held.values()].find((one) => one.id === id)?.id ?? never(id),
    states: async () => [...held.values()],
    /** What lies there by the last count and what moved after it, in whatever order that was learned. */
    onHandBy: () =>
      skus.map((sku) => {
        const counts = world.counts.filter((one) => one.sku === sku)
        const last = counts.reduce((a, b) => (b.at > a.at ? b : a))
        const moves = world.moves.filter((one) => one.sku === sku && one.at > last.at)
        const parcels = [...held.values()].flatMap(({ shipments, lines }) =>
          Object.values(shipments)
            .filter(({ shippedAt }) => shippedAt > last.at)
            .flatMap((parcel) => parcel.lines)
            .filter(({ id }) => lines.find((line) => line.id === id)?.sku === sku),
        )
        const came = moves.reduce((sum, { onHand }) => sum + onHand, 0)
        const left = parcels.reduce((sum, { quantity }) => sum + quantity, 0)
        return [sku, last.onHand + came - left] as const
      }),
    tick: () => {
      clock += 60
      return seconds(clock)
    },
    /** Lets others go first. */
    turn: () => scheduler.schedule(Promise.resolve()),
    /** Again and again, as a queue does, until nobody kills it. */
    surely: async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await work()
        } catch (error) {
          if (!(error instanceof Killed)) throw error
        }
      }
    },
  }
  return world
}

const heldOf = ({ stock }: OrderState, sku: string): Pick<Holding, 'reserved' | 'left'> => {
  const held = (stock?.held ?? []).filter((one) => one.sku === sku)
  return {
    reserved: held.reduce((sum, one) => sum + one.reserved, 0),
    left: held.reduce((sum, one) => sum + one.left, 0),
  }
}

const never = (id: string): never => {
  throw new Error(`there is no order ${id}`)
}

const orderAt = (world: World, n: number): Order | undefined =>
  [...world.orders.values()][n % Math.max(1, world.orders.size)]

const happenings = {
  async place(world: World, n: number) {
    const number = `${n % 7}`
    const id = orderIdOf(shop, number)
    const plates: Readonly<Record<string, number>> = n % 3 === 0 ? { PLATE: 1 } : {}
    const units = { MUG: 1 + (n % 3), ...plates }
    const order = world.orders.get(id) ?? wanting(number, units, { version: start })
    world.orders.set(id, order)
    await world.surely(() => world.place(order, world.tick()))
  },
  async takeBack(world: World, n: number) {
    const order = orderAt(world, n)
    if (!order) return
    const lines = order.lines.map((line) => ({ ...line, removed: Math.min(line.quantity, 1) }))
    const next = { ...order, version: world.tick(), lines: lines as Order['lines'] }
    world.orders.set(order.id, next)
    await world.surely(() => world.place(next, world.tick()))
  },
  async cancel(world: World, n: number) {
    const order = orderAt(world, n)
    if (!order) return
    const at = world.tick()
    const lines = order.lines.map((line) => ({ ...line, removed: line.quantity }))
    const next = { ...order, version: at, cancelledAt: at, lines: lines as Order['lines'] }
    world.orders.set(order.id, next)
    await world.surely(() => world.place(next, world.tick()))
  },
  async work(world: World, n: number) {
    const order = orderAt(world, n)
    if (!order || !(await world.ledger.load(order.id))) return
    await world.surely(() => world.work(order.id, world.tick()))
  },
  async ship(world: World, n: number) {
    const order = orderAt(world, n)
    const state = order && (await world.ledger.load(order.id))
    const line = state?.lines.find((one) => one.released > one.shipped)
    if (!order || !line?.sku) return
    const id = `P${world.parcels.length}`
    // Some are heard of long after they left.
    const at = new Date(Date.parse(world.tick()) - (n % 3) * 150_500).toISOString()
    const parcel = { order, id, sku: line.sku, at }
    world.parcels.push(parcel)
    await world.surely(() => world.ship(order.id, id, { [parcel.sku]: 1 }, parcel.at))
  },
  async shipAgain(world: World, n: number) {
    const parcel = world.parcels[n % Math.max(1, world.parcels.length)]
    if (!parcel) return
    const { order, id, sku, at } = parcel
    await world.surely(() => world.ship(order.id, id, { [sku]: 1 }, at))
  },
  async count(world: World, n: number) {
    const sku = skus[n % 2] ?? 'MUG'
    const late = n % 5 === 0 ? seconds(n) : world.tick()
    if (world.counts.some((one) => one.sku === sku && one.at === late)) return
    const count = { sku, at: late, onHand: n % 8 }
    world.counts.push(count)
    await world.turn()
    while ((await world.count(sku, count)) === 'moved');
    world.history.push(new Map(skus.map((one) => [one, world.of(one).free])))
  },
  async goodsIn(world: World, n: number) {
    const sku = skus[n % 2] ?? 'MUG'
    const id = `M${n % 6}`
    const known = world.moves.length
    if (known > 8) return
    const move = { sku, at: world.tick(), onHand: 1 + (n % 2) }
    await world.turn()
    const done = await world.move(id, sku, { ...move, quarantined: 0 })
    if (done === 'done') world.moves.push(move)
    world.history.push(new Map(skus.map((one) => [one, world.of(one).free])))
  },
  async look(world: World, n: number) {
    const order = orderAt(world, n)
    if (order) await world.surely(() => world.look(order.id, world.tick()))
  },
}

export const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('place' as const, 'work' as const, 'ship' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...(Object.keys(happenings) as readonly (keyof typeof happenings)[]),
      ),
    },
  ),
  n: fc.nat(40),
})

export const happen = (world: World, { what, n }: Happening): Promise<void> =>
  world.begun.run(world.history.length, () => happenings[what](world, n))
