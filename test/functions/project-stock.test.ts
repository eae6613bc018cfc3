import { sayWhy } from '../../domain/stock/available.ts'
import { emptyRow } from '../../domain/stock/row.ts'
import { sellersOf } from '../../domain/stock/sellers.ts'
import { projectStock } from '../../functions/project-stock/project-stock.ts'
import { sweepListings } from '../../functions/sweep-listings/sweep-listings.ts'
import type { StockHint } from '../../schemas/messages/stock-hint.ts'
import { SellingTerms, StockSettings } from '../../schemas/settings.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { MemoryListings } from '../support/memory-listings.ts'
import { erp, seconds, shop, start, wms } from '../support/orders.ts'
import { openStockRoom, wanting } from '../support/stock-room.ts'

/** A warehouse, a shop that sells from its main hall, and the function that stands between. */
function open(locations: readonly string[] = ['main']) {
  const room = openStockRoom({ locations })
  const listings = new MemoryListings(room.stock)
  const hints: StockHint[] = []
  const oversold: number[] = []
  const points: string[] = []
  let now = start
  const stock = StockSettings.parse({
    locations: Object.fromEntries(
      locations.map((name) => [name, { warehouse: wms, code: name.toUpperCase() }]),
    ),
  })
  const sells = SellingTerms.parse({ locations: ['main'] })
  const sellers = sellersOf({
    connections: [{ id: shop, shows: 'sellable', sells }],
    routes: [{ when: {}, erp, wms }],
    stock,
  })
  const deps = {
    ...room.deps,
    listings,
    shelves: listings,
    sellers,
    clock: () => new Date(now),
    hint: async (some: readonly StockHint[]) => {
      hints.push(...some)
    },
    oversold: (units: number) => oversold.push(units),
    limit: 300,
    missed: () => points.push('missed'),
    backlog: (_: string, waiting: number) => points.push(`${waiting} wait`),
  }
  const row = (location: string): StockRow =>
    room.stock.all().find((one) => one.sku === 'MUG' && one.location === location) ??
    emptyRow({ warehouse: wms, sku: 'MUG', location, share: 0 })
  /** What the stream tells of everything that `change` does. */
  const told = async (change: () => Promise<unknown>) => {
    const rows = locations.map(row)
    await change()
    const changes = rows.map((before) => ({
      before: before.rev === 0 ? undefined : before,
      after: row(before.location),
      at: now,
    }))
    await projectStock(changes, deps)
  }
  return {
    room,
    listings,
    hints,
    oversold,
    points,
    deps,
    told,
    sweep: () => sweepListings(deps),
    at: (count: number) => {
      now = seconds(count)
    },
    sells: () =>
      listings.save(undefined, {
        connection: shop,
        sku: 'MUG',
        rev: 1,
        remote: {},
        parts: [{ warehouse: wms, sku: 'MUG', per: 1 }],
        published: { units: 5, at: start },
      }),
    listing: async () => (await listings.find([{ connection: shop, sku: 'MUG' }]))[0],
  }
}

test('a change is hinted at once, and many changes once', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  await world.told(() => world.room.count('MUG', { at: seconds(1), onHand: 8 }))
  expect(world.hints).toEqual([{ connection: shop, sku: 'MUG' }])
  expect((await world.listing())?.wanted?.units).toBe(8)
})

test('the same change a second time changes nothing', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  const { writes } = world.listings
  await world.told(async () => {})
  expect(world.listings.writes).toBe(writes)
})

test('a listing that somebody else changed meanwhile is looked at again', async () => {
  const world = open()
  await world.sells()
  const { listings } = world
  const save = listings.save.bind(listings)
  let once = true
  listings.save = async (before, after) => {
    if (once && before)
      await save(before, { ...before, rev: before.rev + 1, remote: { item: '2' } })
    once = false
    return save(before, after)
  }
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  expect(await world.listing()).toMatchObject({ remote: { item: '2' }, wanted: { units: 9 } })
  expect(world.hints).toHaveLength(1)
})

test('what comes in goes to those who wait, the longest first and as many as it serves', async () => {
  const world = open()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 0 }))
  for (const n of [1, 2, 3]) await world.room.place(wanting(n, { MUG: 1 }), seconds(n))
  expect(world.room.of('MUG').reserved).toBe(0)
  world.at(10)
  await world.told(() => world.room.count('MUG', { at: seconds(10), onHand: 2 }))
  expect(world.room.of('MUG').reserved).toBe(2)
  expect(world.room.stock.waiting().map(({ orderId }) => orderId)).toEqual([
    wanting(3, { MUG: 1 }).id,
  ])
})

test('units that were promised and are not there ring once', async () => {
  const world = open()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 3 }))
  await world.told(() => world.room.place(wanting(1, { MUG: 3 }), seconds(1)))
  expect(world.oversold).toEqual([])
  await world.told(() => world.room.count('MUG', { at: seconds(2), onHand: 1 }))
  await world.told(async () => {})
  expect(world.oversold).toEqual([2])
})

test('what one hall is short of is neither offered at the other nor does it ring, as long as the warehouse has it', async () => {
  const world = open(['main', 'annex'])
  await world.sells()
  const { room } = world
  await world.told(() => room.count('MUG', { at: start, onHand: 1 }))
  await world.told(() => room.count('MUG', { at: start, onHand: 1 }, 'annex'))
  for (const n of [1, 2]) {
    await world.told(() => room.place(wanting(n, { MUG: 1 }), seconds(n)))
  }
  await world.told(() => room.count('MUG', { at: seconds(3), onHand: 4 }))
  await world.told(() => room.count('MUG', { at: seconds(3), onHand: 0 }, 'annex'))
  expect(world.oversold).toEqual([])
  const wanted = (await world.listing())?.wanted
  expect(wanted && sayWhy({ units: wanted.units, why: wanted.why })).toBe(
    'on hand 4, reserved 1, short elsewhere 1 → 2',
  )
  await world.told(() => room.count('MUG', { at: seconds(4), onHand: 1 }))
  expect(world.oversold).toEqual([1])
})

test('what waits for its channel too long is hinted again and missed its time once', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  world.hints.splice(0)
  world.at(30)
  await world.sweep()
  expect(world.hints).toEqual([])
  world.at(90)
  await world.sweep()
  expect(world.hints).toEqual([{ connection: shop }])
  world.at(301)
  await world.sweep()
  await world.sweep()
  expect(world.points.filter((point) => point === 'missed')).toHaveLength(1)
  expect(world.points).toContain('1 wait')
})

test('what was believed of unseen sales is looked at when its time is over', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 5 }))
  const known = await world.listing()
  if (!known) throw new Error('it is sold')
  await world.listings.save(known, {
    ...known,
    rev: known.rev + 1,
    published: { units: 3, at: start, sold: 0 },
    unseen: { units: 2, until: seconds(600) },
  })
  await world.told(async () => {})
  expect((await world.listing())?.wanted?.units).toBe(3)
  world.at(600)
  await world.sweep()
  expect((await world.listing())?.wanted?.units).toBe(5)
  expect(world.hints).toEqual([{ connection: shop, sku: 'MUG' }])
})

test('terms that somebody gives a listing lead to its new number, which says so', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  const before = await world.listing()
  if (!before) throw new Error('it is listed')
  const terms = { buffer: 2 }
  const change = { connection: shop, sku: 'MUG', at: seconds(1), by: 'jane', terms }
  await world.listings.change(before, change)
  await projectStock([{ before: undefined, after: change, at: seconds(1) }], world.deps)
  const after = await world.listing()
  expect(after?.wanted?.units).toBe(7)
  expect(after?.wanted && sayWhy(after.wanted)).toBe(
    'on hand 9, buffer 2 (set for this listing) → 7',
  )
})
