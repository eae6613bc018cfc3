import { compare } from '../../domain/listings/compare.ts'
import type { Shown } from '../../domain/listings/listings-capability.ts'
import type { ListingHint } from '../../schemas/messages/listing-message.ts'
import type { SellingTerms } from '../../schemas/settings.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { market, publishing, shop, warehouse } from '../support/publishing.ts'

/** The shop of `publishing`, compared. */
function open(terms: Partial<SellingTerms> = {}) {
  const world = publishing({ terms })
  const crossReferences = new MemoryCrossReferences()
  const pages: Shown[][] = []
  const run = async (left = () => 60_000) =>
    compare({
      ...world.deps,
      capability: {
        ...world.deps.capability,
        read: async (_, cursor = '0') => {
          const listings = pages[Number(cursor)] ?? []
          const next = Number(cursor) + 1
          return {
            ok: true,
            value: { listings, ...(next < pages.length && { cursor: `${next}` }) },
          }
        },
      },
      crossReferences,
      hint: async (ids: readonly ListingHint[]) => {
        world.hints.push(...ids.map((message) => ({ message, at: world.now() })))
      },
      left,
    })
  const shows = (...some: readonly Shown[]) => pages.splice(0, pages.length, [...some])
  return { ...world, crossReferences, pages, shows, run }
}

const mug = (units: number): Shown => ({
  sku: 'MUG',
  remote: { item: '1' },
  values: { quantity: units },
  price: { minor: 1000, currency: 'EUR' },
})

test('a new listing is published', async () => {
  const world = open()
  await world.changes('MUG', () => ({ onHand: 10 }))
  world.shows(mug(3))
  world.fake.shown.set('MUG', 3)
  expect(await world.run()).toMatchObject({ listings: 1, born: 1, missed: 0, foreign: 0 })
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(10)
  expect(await world.listing('MUG')).toMatchObject({
    remote: { item: '1' },
    price: { minor: 1000 },
  })
})

test('an uncounted listing is left alone', async () => {
  const world = open()
  world.shows(mug(3))
  await world.run()
  expect(world.hints).toEqual([])
  await world.changes('MUG', () => ({ onHand: 10 }))
  expect(world.hints).toHaveLength(1)
})

test("a SKU is what the warehouse's cross-references make of it, and something else when they change", async () => {
  const world = open()
  const thing = { connection: warehouse, kind: 'sku' as const, code: 'MUG' }
  const from = '2026-01-01T00:00:00.000Z'
  await world.crossReferences.add([{ ...thing, told: [{ naming: { from, name: 'W-MUG' } }] }])
  world.shows(mug(3))
  await world.run()
  expect((await world.listing('MUG')).parts).toEqual([{ warehouse, sku: 'W-MUG', per: 1 }])
  const components = [
    { sku: 'CUP', quantity: 1 },
    { sku: 'LID', quantity: 2 },
  ] as const
  const later = '2026-02-01T00:00:00.000Z'
  await world.crossReferences.add([
    { ...thing, told: [{ naming: { from: later, components: [...components] } }] },
  ])
  await world.run()
  expect((await world.listing('MUG')).parts).toEqual([
    { warehouse, sku: 'CUP', per: 1 },
    { warehouse, sku: 'LID', per: 2 },
  ])
})

async function selling() {
  const world = open()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  world.pass(60)
  return world
}

test('missing units were sold: they are withheld until their orders arrive', async () => {
  const world = await selling()
  world.shows(mug(8))
  world.fake.shown.set('MUG', 8)
  expect(await world.run()).toMatchObject({ missed: 1, foreign: 0 })
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(8)
  expect((await world.quantity('MUG')).unseen?.units).toBe(2)
})

test('extra units were set by others and are corrected', async () => {
  const world = await selling()
  world.shows(mug(99))
  world.fake.shown.set('MUG', 99)
  expect(await world.run()).toMatchObject({ missed: 0, foreign: 1 })
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(10)
})

test('a quantity in flight is not drift, and is hinted again', async () => {
  const world = await selling()
  await world.orders('MUG', market)
  world.hints.splice(0)
  world.shows(mug(10))
  expect(await world.run()).toMatchObject({ inFlight: 1, missed: 0, foreign: 0 })
  expect(world.hints.map(({ message }) => message)).toEqual([{ connection: shop, sku: 'MUG' }])
})

test('a number that was taken while the channel was read is no drift', async () => {
  const world = await selling()
  const listing = await world.listing('MUG')
  const acknowledged = { value: 10, at: '2026-11-21T10:05:00.000Z', sold: 0 }
  const attributes = { quantity: { ...listing.attributes.quantity, acknowledged } }
  await world.listings.save(listing, { ...listing, rev: listing.rev + 1, attributes })
  world.shows(mug(4))
  expect(await world.run()).toMatchObject({ inFlight: 1, missed: 0 })
})

test('reports withheld units and their value', async () => {
  const world = publishing({ terms: { buffer: 3 } })
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  const run = await compare({
    ...world.deps,
    capability: {
      ...world.deps.capability,
      read: async () => ({ ok: true, value: { listings: [mug(7)] } }),
    },
    crossReferences: new MemoryCrossReferences(),
    hint: async () => {},
    left: () => 60_000,
  })
  expect(run).toMatchObject({ withheld: 3, withheldMoney: { EUR: 3000 } })
})

test('goes through every page, and ends in time to be asked again', async () => {
  const world = open()
  world.pages.splice(0, 0, [{ ...mug(1), sku: 'A' }], [{ ...mug(1), sku: 'B' }])
  expect(await world.run()).toMatchObject({ listings: 2 })
  expect(await world.run(() => 1000)).toMatchObject({
    listings: 0,
    stopped: { reason: 'out of time' },
  })
})

describe('where drift is left to a person', () => {
  const told = async (drift: SellingTerms['drift']) => {
    const world = open({ drift })
    await world.changes('MUG', () => ({ onHand: 10 }))
    await world.sells('MUG')
    const changed = async (units: number) => {
      world.pass(600)
      world.shows(mug(units))
      world.fake.shown.set('MUG', units)
      const compared = await world.run()
      await world.work()
      return compared
    }
    return { ...world, changed }
  }

  test.each([16, 4])(
    'a listing that shows %i instead of 10 keeps that, and is counted',
    async (shows) => {
      const { changed, fake, quantity, changes, work } = await told({ raiseAbove: { units: 5 } })
      expect(await changed(shows)).toMatchObject({ raised: 1 })
      expect(fake.shown.get('MUG')).toBe(shows)
      expect((await quantity('MUG')).mismatch).toMatchObject({ shows })
      await changes('MUG', () => ({ onHand: 9 }))
      await work()
      expect(fake.shown.get('MUG')).toBe(shows)
    },
  )

  test('selling out is published anyway', async () => {
    const { changed, fake, changes, work } = await told({ raiseAbove: { units: 5 } })
    await changed(99)
    await changes('MUG', () => ({ onHand: 0 }))
    await work()
    expect(fake.shown.get('MUG')).toBe(0)
  })

  test('a smaller difference is corrected', async () => {
    const { changed, fake } = await told({ raiseAbove: { units: 5 } })
    expect(await changed(14)).toMatchObject({ raised: 0, foreign: 1 })
    expect(fake.shown.get('MUG')).toBe(10)
  })

  test('it ends when the channel shows what it should', async () => {
    const { changed, changes, fake, quantity, work } = await told({ raiseAbove: { percent: 20 } })
    expect(await changed(99)).toMatchObject({ raised: 1 })
    expect(await changed(99)).toMatchObject({ raised: 1 })
    expect(await changed(10)).toMatchObject({ raised: 0 })
    expect((await quantity('MUG')).mismatch).toBeUndefined()
    await changes('MUG', () => ({ onHand: 9 }))
    await work()
    expect(fake.shown.get('MUG')).toBe(9)
  })
})
