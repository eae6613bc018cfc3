import { attributesOf } from '../../domain/listings/attributes.ts'
import { sellersOf } from '../../domain/listings/sellers.ts'
import { sayWhy } from '../../domain/stock/available.ts'
import { emptyRow } from '../../domain/stock/row.ts'
import { projectStock } from '../../functions/project-stock/project-stock.ts'
import { sweepListings } from '../../functions/sweep-listings/sweep-listings.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { ListingHint, LookupHint } from '../../schemas/messages/listing-message.ts'
import { SellingTerms, StockSettings } from '../../schemas/settings.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { MemoryListings } from '../support/memory-listings.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { erp, seconds, shop, start, wms } from '../support/orders.ts'
import { openStockRoom, wanting } from '../support/stock-room.ts'

/** A warehouse, a shop that sells from its main hall, and the function that stands between. */
function open(locations: readonly string[] = ['main']) {
  const room = openStockRoom({ locations })
  const listings = new MemoryListings(room.stock)
  const lookups = new MemoryLookups()
  const hints: (ListingHint | LookupHint)[] = []
  const oversold: number[] = []
  const points: string[] = []
  let now = start
  let isDown = false
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
  const clock = () => new Date(now)
  const deps = {
    ...room.deps,
    listings,
    shelves: listings,
    attributes: attributesOf({ shelves: listings, sellers, clock }),
    sellers,
    clock,
    lookups,
    nextLook: new Map<ConnectionId, string>(),
    hint: async (some: readonly (ListingHint | LookupHint)[]) => {
      hints.push(...some)
    },
    oversold: (units: number) => oversold.push(units),
    limit: 300,
    missed: () => points.push('missed'),
    missedInOutage: () => points.push('missed in an outage'),
    isDown: async () => isDown,
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
    lookups,
    hints,
    oversold,
    points,
    deps,
    row,
    told,
    sweep: () => sweepListings(deps),
    goesDown: () => {
      isDown = true
    },
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
        attributes: { quantity: { acknowledged: { value: 5, at: start } } },
      }),
    listing: async () => (await listings.find([{ connection: shop, sku: 'MUG' }]))[0],
  }
}

test('a change is hinted at once, and many changes are one hint', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  await world.told(() => world.room.count('MUG', { at: seconds(1), onHand: 8 }))
  expect(world.hints).toEqual([{ connection: shop, sku: 'MUG' }])
  expect((await world.listing())?.attributes.quantity?.desired?.value).toBe(8)
})

test('the same change a second time changes nothing', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  const { writes } = world.listings
  await world.told(async () => {})
  expect(world.listings.writes).toBe(writes)
})

test('a listing changed by another writer is calculated again', async () => {
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
  expect(await world.listing()).toMatchObject({
    remote: { item: '2' },
    attributes: { quantity: { desired: { value: 9 } } },
  })
  expect(world.hints).toHaveLength(1)
})

test('received units go to waiting orders, longest first, as many as possible', async () => {
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

test('missing reserved units raise one alarm', async () => {
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
  const desired = (await world.listing())?.attributes.quantity?.desired
  expect(desired && sayWhy({ units: desired.value, why: desired.why })).toBe(
    'on hand 4, reserved 1, short elsewhere 1 → 2',
  )
  await world.told(() => room.count('MUG', { at: seconds(4), onHand: 1 }))
  expect(world.oversold).toEqual([1])
})

test('what waits for a channel that is down misses its time where no alarm looks', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  world.goesDown()
  world.at(301)
  await world.sweep()
  expect(world.points).toEqual(['missed in an outage'])
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
    attributes: {
      quantity: {
        acknowledged: { value: 3, at: start, sold: 0 },
        unseen: { units: 2, until: seconds(600) },
      },
    },
  })
  await world.told(async () => {})
  expect((await world.listing())?.attributes.quantity?.desired?.value).toBe(3)
  world.at(600)
  await world.sweep()
  expect((await world.listing())?.attributes.quantity?.desired?.value).toBe(5)
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
  expect(after?.attributes.quantity?.desired?.value).toBe(7)
  const { desired } = after?.attributes.quantity ?? {}
  expect(desired && sayWhy({ units: desired.value, why: desired.why })).toBe(
    'on hand 9, buffer 2 (set for this listing) → 7',
  )
})

/** What the shop is asked for by now; without a SKU everything. */
const requestedOf = async ({ lookups, deps }: ReturnType<typeof open>) =>
  (await lookups.due(shop, deps.clock().toISOString())).map(({ sku }) => sku)

test('what is counted for the first time and not known to be sold is asked for, once', async () => {
  const world = open()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  expect(await requestedOf(world)).toEqual(['MUG'])
  const [mug] = world.lookups.all()
  await world.lookups.save(mug, { connection: shop, sku: 'MUG', at: start })
  world.at(1)
  await world.told(() => world.room.count('MUG', { at: seconds(1), onHand: 8 }))
  const first = { before: undefined, after: world.row('main'), at: seconds(1) }
  await projectStock([first], world.deps)
  expect(await requestedOf(world)).toEqual([])
})

test('what was counted before is requested no more, whatever becomes of it', async () => {
  const world = open()
  await world.room.count('MUG', { at: start, onHand: 9 })
  const before = world.row('main')
  await world.room.count('MUG', { at: seconds(1), onHand: 3 })
  await projectStock([{ before, after: world.row('main'), at: seconds(1) }], world.deps)
  expect(world.lookups.all()).toEqual([])
})

test('what is known to be sold, or lies where the shop does not sell from, is not asked for', async () => {
  const world = open()
  await world.sells()
  await world.told(() => world.room.count('MUG', { at: start, onHand: 9 }))
  const place = { warehouse: wms, sku: 'CUP', location: 'attic', share: 0 }
  const cup = { ...emptyRow(place), rev: 1, onHand: 3 }
  await projectStock([{ before: undefined, after: cup, at: start }], world.deps)
  expect(await requestedOf(world)).toEqual([])
})

test('whoever requests listings, the lane hears of all of them at once', async () => {
  const world = open()
  const lookup = (sku: string) => ({ connection: shop, sku, at: start, dueAt: start })
  const { dueAt: _, ...answered } = lookup('PLATE')
  const changes = [lookup('MUG'), lookup('CUP'), answered]
  await projectStock(
    changes.map((after) => ({ before: undefined, after, at: start })),
    world.deps,
  )
  expect(world.hints).toEqual([{ connection: shop, lookUp: { requested: ['MUG', 'CUP'] } }])
})

test('a channel that nothing ever compared is compared now, and again when its schedule has been silent', async () => {
  const world = open()
  await world.sweep()
  expect(await requestedOf(world)).toEqual([undefined])
  const compared = async (second: number) => {
    world.at(second)
    const [all] = await world.lookups.find([{ connection: shop }])
    await world.lookups.save(all, {
      connection: shop,
      at: start,
      compared: { at: seconds(second), listings: 3 },
    })
  }
  await compared(60)
  const hours = 3600
  world.at(12 * hours)
  await world.sweep()
  expect(await requestedOf(world)).toEqual([])
  world.at(12 * hours + 1000)
  await world.sweep()
  expect(await requestedOf(world)).toEqual([undefined])
})

test('of many new channels some begin with every turn', async () => {
  const world = open()
  const [seller] = world.deps.sellers.values()
  if (!seller) throw new Error('the shop sells')
  const ids = Array.from({ length: 12 }, (_, i) => ConnectionId.parse(`shopify/shop-${i}`))
  const sellers = new Map(ids.map((connection) => [connection, { ...seller, connection }]))
  const begun = async () => {
    await sweepListings({ ...world.deps, sellers })
    return world.lookups.all().length
  }
  expect([await begun(), await begun(), await begun(), await begun()]).toEqual([5, 10, 12, 12])
})

test('what waits to be asked for longer than a hint takes is hinted at again', async () => {
  const world = open()
  await world.lookups.save(undefined, {
    connection: shop,
    at: start,
    compared: { at: start, listings: 3 },
  })
  await world.lookups.request([{ connection: shop, sku: 'MUG' }], { at: start })
  world.at(30)
  await world.sweep()
  expect(world.hints).toEqual([])
  world.at(1000)
  await world.sweep()
  expect(world.hints).toEqual([{ connection: shop, lookUp: { requested: [] } }])
})
