import { wait } from '../../domain/failure.ts'
import { type LookUpDeps, lookUp } from '../../domain/listings/look-up.ts'
import { requestEverything, requestListings } from '../../domain/listings/request-listings.ts'
import { err } from '../../domain/result.ts'
import { publishListings } from '../../functions/publish-listings/publish-listings.ts'
import type { LookupHint } from '../../schemas/messages/listing-message.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { publishing, shop, warehouse } from '../support/publishing.ts'

const minute = 60

/** The shop of `publishing` with what it is asked for; `work` is its lane. */
function open(selling: Parameters<typeof publishing>[0] = {}) {
  const world = publishing(selling)
  const lookups = new MemoryLookups()
  const crossReferences = new MemoryCrossReferences()
  let nextAt = ''
  const deps: typeof world.deps & LookUpDeps = {
    ...world.deps,
    capability: {
      ...world.deps.capability,
      read: async (asked, cursor) => {
        world.pass(1)
        await asked.send({ kind: 'read', method: 'GET', url: 'https://shop' })
        return world.deps.capability.read(asked, cursor)
      },
    },
    crossReferences,
    lookups,
    turn: {
      take: async (seconds) => {
        if (nextAt > world.now()) return false
        nextAt = later(world.now(), seconds)
        return true
      },
      give: async (seconds) => {
        nextAt = later(world.now(), seconds)
      },
    },
    hint: async (ids) => {
      world.hints.push(...ids.map((message) => ({ message, at: world.now() })))
    },
    measure: () => {},
  }
  const hinted = (requested: readonly string[] = []): LookupHint => ({
    connection: shop,
    lookUp: { requested: [...requested] },
  })
  /** Requests SKUs, as whoever counts them does, and hints at them, as the stream does. */
  const request = async (...skus: readonly string[]) => {
    const ids = skus.map((sku) => ({ connection: shop, sku }))
    await requestListings(ids, { ...deps })
    world.hints.push({ message: hinted(skus), at: world.now() })
  }
  /** The schedule compares. */
  const compared = async () => {
    await requestEverything(shop, { at: world.now(), unlessSince: world.now() }, lookups)
    await lookUp(hinted(), deps)
    world.fake.questions.splice(0)
    world.pass(minute)
  }
  const work = async () => {
    for (let round = 0; round < 50; round++) {
      const ready = world.hints.filter(({ at }) => at <= world.now()).slice(0, 10)
      if (ready.length === 0) return
      for (const hint of ready) world.hints.splice(world.hints.indexOf(hint), 1)
      await publishListings(
        ready.map(({ message }) => JSON.stringify(message)),
        deps,
      )
    }
    throw new Error('the lane does not come to rest')
  }
  return { ...world, deps, lookups, crossReferences, hinted, request, compared, work }
}

const later = (at: string, seconds: number): string =>
  new Date(Date.parse(at) + seconds * 1000).toISOString()

const skus = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `SKU-${i}`)

/** The articles of a shop that sells some hundreds of them. */
async function known(selling?: Parameters<typeof publishing>[0]) {
  const world = open(selling)
  for (const sku of skus(500)) world.fake.shown.set(`OLD-${sku}`, 1)
  await world.compared()
  return world
}

test('a new article is found by its name, and shown what it should be, at once', async () => {
  const world = await known()
  await world.changes('MUG', () => ({ onHand: 10 }))
  world.fake.shown.set('MUG', 3)
  await world.request('MUG')
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(10)
  expect(world.fake.questions).toEqual([['MUG']])
})

test('an article that the shop does not sell is looked up once', async () => {
  const world = await known()
  for (let i = 0; i < 5; i++) {
    await world.changes('MUG', () => ({ onHand: 10 + i }))
    await world.request('MUG')
    await world.work()
    world.pass(minute)
  }
  expect(world.fake.questions).toEqual([['MUG']])
})

test('articles that are new together are asked for together', async () => {
  const world = await known()
  for (const sku of skus(25)) world.fake.shown.set(sku, 0)
  for (const sku of skus(25)) await world.changes(sku, () => ({ onHand: 4 }))
  for (const sku of skus(25)) await world.request(sku)
  await world.work()
  expect(skus(25).every((sku) => world.fake.shown.get(sku) === 4)).toBe(true)
  expect(world.fake.questions).toHaveLength(3)
})

test('thousands of new articles are read page by page, once', async () => {
  const world = await known()
  const all = skus(2_000)
  world.fake.page = 200
  for (const sku of all) world.fake.shown.set(sku, 0)
  for (let from = 0; from < all.length; from += 100)
    await world.request(...all.slice(from, from + 100))
  await world.work()
  for (let turn = 0; turn < 5; turn++) {
    world.pass(minute)
    await world.work()
  }
  expect(new Set(world.fake.questions)).toEqual(new Set(['everything']))
  expect(world.fake.questions.length).toBeLessThan(2 * 13)
  expect((await world.listings.find(all.map((sku) => ({ connection: shop, sku })))).length).toBe(
    2_000,
  )
  expect(await world.lookups.due(shop, world.now())).toEqual([])
})

test('if too many wait, all listings are read', async () => {
  const world = await known({ selling: { page: 1 } })
  const all = skus(1_000)
  await world.request(...all.slice(1))
  await world.request(...all)
  await lookUp(world.hinted(), world.deps)
  expect(new Set(world.fake.questions)).toEqual(new Set(['everything']))
})

test('the first question to a shop that nothing ever compared is about everything, and finds everything', async () => {
  const world = open()
  for (const sku of skus(150)) world.fake.shown.set(sku, 0)
  for (const sku of skus(150)) await world.changes(sku, () => ({ onHand: 2 }))
  await world.request('SKU-1')
  await world.work()
  expect(world.fake.questions).toEqual(['everything', 'everything'])
  expect(skus(150).every((sku) => world.fake.shown.get(sku) === 2)).toBe(true)
  expect(await world.lookups.find([{ connection: shop }])).toMatchObject([
    { compared: { listings: 150 } },
  ])
})

test('a comparison that is longer than a turn goes on where it stopped, and single questions wait for it', async () => {
  const world = open()
  for (const sku of skus(500)) world.fake.shown.set(sku, 0)
  world.fake.page = 10
  await requestEverything(shop, { at: world.now(), unlessSince: world.now() }, world.lookups)
  await lookUp(world.hinted(), world.deps)
  expect(world.fake.questions.length).toBeLessThan(30)
  world.pass(1)
  await world.request('SKU-7')
  for (let turn = 0; turn < 6; turn++) {
    world.pass(1)
    await world.work()
  }
  const { length } = world.fake.questions.filter((one) => one === 'everything')
  expect(length).toBe(50)
  expect(world.fake.questions.at(-1)).toEqual(['SKU-7'])
  expect(await world.lookups.due(shop, world.now())).toEqual([])
})

test('what the index of a search does not have yet is asked for a second time, and no third', async () => {
  const world = await known()
  const { find } = world.deps.capability
  if (!find) throw new Error('the shop finds by name')
  const deps = {
    ...world.deps,
    capability: { ...world.deps.capability, find: { ...find, lagSeconds: 60 } },
  }
  await world.changes('MUG', () => ({ onHand: 10 }))
  world.fake.shown.set('MUG', 3)
  world.fake.unindexed.add('MUG')
  await requestListings(
    ['MUG', 'GONE'].map((sku) => ({ connection: shop, sku })),
    deps,
  )
  await lookUp(world.hinted(), deps)
  const [again] = world.hints
  expect(again).toEqual({
    message: { connection: shop, lookUp: { missing: ['MUG', 'GONE'] } },
    at: later(world.now(), 60),
  })
  world.pass(60)
  world.fake.unindexed.clear()
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(10)
  world.pass(3_600)
  await world.work()
  expect(world.fake.questions).toHaveLength(2)
})

test('a name that no search can ask for has everything read, and keeps no other from being found', async () => {
  const world = await known()
  world.fake.poisons.add('12"')
  for (const sku of ['12"', 'MUG']) world.fake.shown.set(sku, 1)
  await world.request('12"', 'MUG')
  await world.work()
  expect(
    await world.listings.find(['12"', 'MUG'].map((sku) => ({ connection: shop, sku }))),
  ).toHaveLength(2)
  world.pass(minute)
  await world.work()
  expect(world.fake.questions.filter((one) => one !== 'everything')).toHaveLength(1)
})

test('a shop that is down is asked again by one message for all', async () => {
  const world = await known()
  world.fake.down = true
  for (const sku of skus(30)) {
    world.fake.shown.set(sku, 1)
    await world.request(sku)
  }
  await world.work()
  expect(world.hints).toHaveLength(1)
  world.fake.down = false
  world.pass(3_600)
  await world.work()
  expect(await world.lookups.due(shop, world.now())).toEqual([])
  expect(
    await world.listings.find(skus(30).map((sku) => ({ connection: shop, sku }))),
  ).toHaveLength(30)
})

test('a shop that is crowded says when to come again', async () => {
  const world = await known({
    selling: {
      find: { batch: 10, ask: async () => err(wait('the shop is crowded', 90)) },
    },
  })
  await world.request('MUG')
  await world.work()
  expect(world.hints.map(({ at }) => at)).toEqual([later(world.now(), 90)])
})

test('what was requested while others were looked up is not forgotten', async () => {
  const world = await known()
  world.fake.shown.set('LATE', 1)
  const { give } = world.deps.turn
  let once = true
  const turn: LookUpDeps['turn'] = {
    ...world.deps.turn,
    give: async (seconds) => {
      if (once) {
        once = false
        await requestListings([{ connection: shop, sku: 'LATE' }], world.deps)
        expect(await lookUp(world.hinted(['LATE']), world.deps)).toMatchObject({ count: 0 })
      }
      return give(seconds)
    },
  }
  await requestListings([{ connection: shop, sku: 'MUG' }], world.deps)
  await lookUp(world.hinted(['MUG']), { ...world.deps, turn })
  world.pass(1)
  await world.work()
  expect(await world.listings.find([{ connection: shop, sku: 'LATE' }])).toHaveLength(1)
})

test('a listing whose article is called something else by the warehouse is made of that', async () => {
  const world = await known()
  await world.changes('W-MUG', () => ({ onHand: 7 }))
  world.fake.shown.set('MUG', 3)
  await world.request('MUG')
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(3)
  const naming = { from: '2026-01-01T00:00:00.000Z', name: 'W-MUG' }
  await world.crossReferences.add([
    { connection: warehouse, kind: 'sku', code: 'MUG', told: [{ naming }] },
  ])
  world.pass(minute)
  await requestListings([{ connection: shop, sku: 'MUG' }], world.deps, world.now())
  await lookUp(world.hinted(['MUG']), world.deps)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(7)
})

test('numbers do not wait for what is looked up with them', async () => {
  const world = await known()
  await world.changes('CUP', () => ({ onHand: 10 }))
  await world.sells('CUP')
  await world.orders('CUP', shop, 1)
  await world.changes('CUP', () => ({ onHand: 0 }))
  const { find } = world.deps.capability
  if (!find) throw new Error('the shop finds by name')
  const shownThen: (number | undefined)[] = []
  const ask: typeof find.ask = async (account, names) => {
    shownThen.push(world.fake.shown.get('CUP'))
    return find.ask(account, names)
  }
  const deps = { ...world.deps, capability: { ...world.deps.capability, find: { ...find, ask } } }
  await requestListings([{ connection: shop, sku: 'MUG' }], deps)
  const bodies = [world.hinted(['MUG']), ...world.hints.map(({ message }) => message)]
  await publishListings(
    bodies.map((body) => JSON.stringify(body)),
    deps,
  )
  expect(shownThen).toEqual([0])
})
