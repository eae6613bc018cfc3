import { publish } from '../../domain/listings/publish.ts'
import { fileOf } from '../support/fake-shop.ts'
import { market, publishing, shop } from '../support/publishing.ts'

const skus = Array.from({ length: 100 }, (_, i) => `SKU-${i}`)

test('a sale elsewhere is published to the shop once', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(9)
  expect(world.fake.requests).toHaveLength(1)
  expect(world.points).toEqual([{ name: 'StageMet' }])
})

test('a worker that stood still does not tell the numbers that it had read before', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.changes('MUG', () => ({ onHand: 40 }))
  const [hint] = world.hints.splice(0)
  if (!hint) throw new Error('the shop is to be told')
  const { gate } = world.deps
  const stoodStill: typeof gate = {
    enter: async () => {
      await world.changes('MUG', () => ({ onHand: 10 }))
      world.pass(600)
      return gate.enter()
    },
  }
  await publish([hint.message], { ...world.deps, gate: stoodStill })
  expect(world.fake.requests).toEqual([])
  expect(world.fake.shown.get('MUG')).toBe(10)
  await world.changes('MUG', () => ({ onHand: 7 }))
  world.pass(60)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(7)
})

test('a quantity without an answer is published again at once', async () => {
  const world: ReturnType<typeof publishing> = publishing({
    selling: {
      quantity: {
        write: async (_, changes) => {
          const [first] = changes
          world.fake.requests.push(changes)
          return { ok: true, value: { outcomes: first ? [{ sku: first.sku, is: 'done' }] : [] } }
        },
      },
    },
  })
  for (const sku of ['MUG', 'CUP']) {
    await world.changes(sku, () => ({ onHand: 10 }))
    await world.sells(sku)
    await world.orders(sku, market)
  }
  await world.work()
  expect(world.fake.requests.map((request) => request.map(({ sku }) => sku))).toEqual([
    ['MUG', 'CUP'],
    ['CUP'],
  ])
})

test("a shop's own sale is not published to it", async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  world.fake.sell('MUG')
  await world.orders('MUG', shop)
  await world.work()
  expect(world.fake.requests).toEqual([])
  expect((await world.quantity('MUG')).dirtySince).toBeUndefined()
  await world.orders('MUG', market)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(8)
  expect(world.fake.requests).toHaveLength(1)
})

test('an own sale that has left is not learned of a second time', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  for (let i = 0; i < 3; i++) {
    world.fake.sell('MUG')
    await world.orders('MUG', shop)
    await world.changes('MUG', ({ onHand }) => ({
      onHand: onHand - 1,
      reserved: 0,
      reservedBy: {},
    }))
  }
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(7)
  expect(world.fake.requests.length).toBeLessThanOrEqual(1)
})

test('many changes are published as one quantity', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 50 }))
  await world.sells('MUG')
  for (let i = 0; i < 20; i++) await world.orders('MUG', market)
  expect(world.hints).toHaveLength(1)
  await world.work()
  expect(world.fake.requests.flat().map(({ value }) => value)).toEqual([30])
})

test('a quantity that the shop already shows is not published', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  await world.orders('MUG', market, -1)
  await world.work()
  expect(world.fake.requests).toEqual([])
  expect(world.points).toEqual([])
})

test('a change while a number is on its way is told after it', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  const { write } = world.deps.capability.attributes.quantity
  let once = true
  Object.assign(world.deps.capability.attributes.quantity, {
    write: async (...asked: Parameters<typeof write>) => {
      const written = await write(...asked)
      if (once) await world.orders('MUG', market)
      once = false
      return written
    },
  })
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(8)
  expect((await world.quantity('MUG')).dirtySince).toBeUndefined()
})

test('an own sale that leaves while a number is on its way makes the next one no surprise', async () => {
  const world = publishing()
  const sale = async () => {
    world.fake.sell('MUG')
    await world.orders('MUG', shop)
  }
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await sale()
  await world.orders('MUG', market)
  const { write } = world.deps.capability.attributes.quantity
  const leaving: typeof write = async (...asked) => {
    const written = await write(...asked)
    await world.changes('MUG', ({ onHand, reserved }) => ({
      onHand: onHand - 1,
      reserved: reserved - 1,
      reservedBy: { [market]: 1, [shop]: 0 },
    }))
    return written
  }
  Object.assign(world.deps.capability.attributes.quantity, { write: leaving })
  await world.work()
  await sale()
  await world.work()
  expect(world.fake.requests).toHaveLength(1)
  expect(world.fake.shown.get('MUG')).toBe(7)
  expect((await world.quantity('MUG')).dirtySince).toBeUndefined()
})

test('a number lost to a sale that nobody has heard of is not told: what was sold is withheld until its order comes', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  world.fake.meanwhile = () => world.fake.sell('MUG', 3)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(6)
  const { desired, unseen } = await world.quantity('MUG')
  expect(desired?.why.withheld).toEqual({ unseen: 3 })
  expect(unseen?.units).toBe(3)

  for (let i = 0; i < 3; i++) await world.orders('MUG', shop)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(6)
  expect((await world.quantity('MUG')).desired?.why.withheld).toEqual({})
})

test('the orders of sales that were withheld come one by one, and each is taken off once', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  world.fake.meanwhile = () => world.fake.sell('MUG', 2)
  await world.work()
  await world.orders('MUG', shop)
  await world.orders('MUG', market)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(6)
  await world.orders('MUG', shop)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(6)
})

test('sales that come while others are withheld are withheld with them', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 20 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  world.fake.meanwhile = () => world.fake.sell('MUG', 3)
  await world.work()
  await world.orders('MUG', market)
  world.fake.meanwhile = () => world.fake.sell('MUG', 2)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(13)
  expect((await world.quantity('MUG')).unseen?.units).toBe(5)
})

test('units of a sale whose order never arrives are sold again after a time', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  world.fake.meanwhile = () => world.fake.sell('MUG', 3)
  await world.work()
  world.pass(3600)
  await world.project('MUG')
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(9)
})

test('units added by hand at the shop are not sold', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', market)
  world.fake.meanwhile = () => world.fake.sell('MUG', -40)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(9)
  expect((await world.quantity('MUG')).unseen).toBeUndefined()
})

test('of a hundred SKUs in a batch the two that are refused keep none of the others', async () => {
  const world = publishing()
  for (const sku of skus) {
    await world.changes(sku, () => ({ onHand: 10 }))
    await world.sells(sku)
    await world.orders(sku, market)
  }
  world.fake.refuses.add('SKU-13').add('SKU-77')
  await world.work()
  expect(skus.filter((sku) => world.fake.shown.get(sku) === 9)).toHaveLength(98)
  expect(await world.quantity('SKU-13')).toMatchObject({
    refusal: { reason: 'there is no such item' },
  })
  expect((await world.quantity('SKU-13')).dirtySince).toBeUndefined()
  expect(world.points.filter(({ name }) => name === 'PublishRefused')).toHaveLength(2)
  expect(world.points.filter(({ name }) => name === 'StageMet')).toHaveLength(98)
})

test('two that poison whatever request they are in are found among a hundred', async () => {
  const world = publishing()
  for (const sku of skus) {
    await world.changes(sku, () => ({ onHand: 10 }))
    await world.sells(sku)
    await world.orders(sku, market)
  }
  world.fake.poisons.add('SKU-13').add('SKU-77')
  await world.work()
  expect(skus.filter((sku) => world.fake.shown.get(sku) === 9)).toHaveLength(98)
  expect((await world.quantity('SKU-77')).refusal?.reason).toBe('the shop refuses the request')
})

test('a refusal is over when the next number is taken', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  world.fake.refuses.add('MUG')
  await world.orders('MUG', market)
  await world.work()
  world.fake.refuses.clear()
  await world.orders('MUG', market)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(8)
  expect((await world.quantity('MUG')).refusal).toBeUndefined()
})

test('ten hints at once are a heap: everything that waits is told, and the hints behind find nothing to do', async () => {
  const world = publishing()
  for (const sku of skus) {
    await world.changes(sku, () => ({ onHand: 10 }))
    await world.sells(sku)
    await world.orders(sku, market)
  }
  const some = world.hints.splice(0).map(({ message }) => message)
  await publish(some.slice(0, 10), world.deps)
  expect(world.fake.requests.map((changes) => changes.length)).toEqual([100])
  await publish(some.slice(10, 20), world.deps)
  expect(world.fake.requests).toHaveLength(1)
})

test('what ran out goes first, though its hint is far behind', async () => {
  const world = publishing({ selling: { quantity: { batch: 10 } } })
  for (const sku of skus.slice(0, 30)) {
    await world.changes(sku, () => ({ onHand: 10 }))
    await world.sells(sku)
    await world.orders(sku, market)
  }
  world.pass(1)
  await world.changes('LAST', () => ({ onHand: 1 }))
  await world.sells('LAST')
  await world.orders('LAST', market)
  world.hints.splice(5)
  await world.work()
  expect(world.fake.requests[0]?.[0]).toMatchObject({ sku: 'LAST', value: 0 })
})

test('a shop that is down for an hour of a flash sale gets the newest number, and no backlog', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 1000 }))
  await world.sells('MUG')
  world.fake.down = true
  for (let minute = 0; minute < 60; minute++) {
    for (let i = 0; i < 10; i++) await world.orders('MUG', market)
    await world.work()
    world.pass(60)
  }
  expect(world.fake.shown.get('MUG')).toBe(1000)
  expect(world.hints.length).toBeLessThanOrEqual(2)
  world.fake.down = false
  for (let minute = 0; minute < 20; minute++) {
    await world.work()
    world.pass(60)
  }
  expect(world.fake.shown.get('MUG')).toBe(400)
  expect(world.fake.requests).toHaveLength(1)
  expect(world.points).toEqual([{ name: 'StageMissed' }])
  expect(world.hints).toEqual([])
})

test('a bundle and its part are told each their own number', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.changes('BOX', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.sells('GIFT', { parts: { MUG: 2, BOX: 1 } })
  expect(world.fake.shown.get('GIFT')).toBe(5)
  world.fake.sell('GIFT')
  await world.orders('MUG', shop, 2)
  await world.orders('BOX', shop)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(8)
  expect(world.fake.shown.get('GIFT')).toBe(4)
})

test('what one channel has to itself no other is shown', async () => {
  const world = publishing({ market: { allocation: { exclusive: 4 } } })
  await world.changes('MUG', () => ({ onHand: 6 }))
  await world.sells('MUG', { connection: market })
  await world.sells('MUG')
  expect((await world.quantity('MUG')).desired?.value).toBe(2)
  expect((await world.quantity('MUG', market)).desired?.value).toBe(4)
})

test('a channel that subtracts its open orders itself is told of them, where they can be of one listing only', async () => {
  const world = publishing({ semantics: 'physical' })
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await world.orders('MUG', shop, 3)
  expect((await world.quantity('MUG')).desired?.value).toBe(10)
  await world.sells('GIFT', { parts: { MUG: 2 } })
  await world.project('MUG')
  expect((await world.quantity('MUG')).desired?.value).toBe(7)
  expect((await world.quantity('GIFT')).desired?.value).toBe(3)
})

test('a listing that people maintain is left alone', async () => {
  const world = publishing()
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG', { terms: { publish: false }, shows: 99 })
  await world.orders('MUG', market)
  await world.work()
  expect(world.fake.shown.get('MUG')).toBe(99)
})

describe('a channel that takes one file a minute', () => {
  const open = () => {
    const world: ReturnType<typeof publishing> = publishing({
      selling: {
        quantity: fileOf(
          () => world.fake,
          (fake) => fake.shown,
        ),
      },
    })
    return world
  }

  test('gets everything that changed within the minute in one file', async () => {
    const world = open()
    for (const sku of skus) {
      await world.changes(sku, () => ({ onHand: 10 }))
      await world.sells(sku)
    }
    for (let second = 0; second < 120; second++) {
      await world.orders(skus[second % 100] ?? '', market)
      await world.work()
      world.pass(1)
    }
    expect(world.fake.requests.length).toBeLessThanOrEqual(3)
    for (let second = 0; second < 120; second++) {
      await world.work()
      world.pass(1)
    }
    const shown = skus.map((sku) => world.fake.shown.get(sku))
    expect(shown.filter((units) => units === 8)).toHaveLength(20)
    expect(shown.filter((units) => units === 9)).toHaveLength(80)
    expect(world.hints).toEqual([])
  })

  test('gets the next file only when the one before was worked off', async () => {
    const world = open()
    await world.changes('MUG', () => ({ onHand: 10 }))
    await world.sells('MUG')
    world.fake.down = true
    await world.orders('MUG', market)
    await world.work()
    await world.orders('MUG', market)
    for (let second = 0; second < 400; second++) {
      await world.work()
      world.pass(1)
      world.hints.push({ message: { connection: shop }, at: world.now() })
    }
    expect(world.fake.requests).toHaveLength(1)
    world.fake.down = false
    for (let second = 0; second < 100; second++) {
      await world.work()
      world.pass(1)
    }
    expect(world.fake.shown.get('MUG')).toBe(8)
  })

  test('is told again of a file that it lost', async () => {
    const world = open()
    await world.changes('MUG', () => ({ onHand: 10 }))
    await world.sells('MUG')
    await world.orders('MUG', market)
    world.fake.loses = 1
    for (let second = 0; second < 150; second++) {
      await world.work()
      world.pass(1)
    }
    expect(world.fake.requests).toHaveLength(2)
    expect(world.fake.shown.get('MUG')).toBe(9)
    expect((await world.quantity('MUG')).dirtySince).toBeUndefined()
  })

  test('is asked which lines it refused', async () => {
    const world = open()
    for (const sku of ['GOOD', 'BAD']) {
      await world.changes(sku, () => ({ onHand: 10 }))
      await world.sells(sku)
      await world.orders(sku, market)
    }
    world.fake.refuses.add('BAD')
    for (let second = 0; second < 30; second++) {
      await world.work()
      world.pass(1)
    }
    expect(world.fake.shown.get('GOOD')).toBe(9)
    expect((await world.quantity('BAD')).refusal?.reason).toBe('no such offer')
    expect((await world.quantity('GOOD')).dirtySince).toBeUndefined()
  })
})
