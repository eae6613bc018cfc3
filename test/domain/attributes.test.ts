import { compare } from '../../domain/listings/compare.ts'
import { stateOf } from '../../domain/listings/listing.ts'
import { FakeShop, fileOf, type Otherwise } from '../support/fake-shop.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { publishing, shop } from '../support/publishing.ts'

const price = (n: number) => ({ minor: n, currency: 'EUR' })

interface Kind {
  readonly name: string
  readonly nth: (n: number) => unknown
  readonly storeOf: (fake: FakeShop) => Map<string, unknown>
  /** Makes the nth value the desired one. */
  readonly desire: (world: ReturnType<typeof publishing>, sku: string, n: number) => Promise<void>
  readonly selling: (otherwise: object) => Otherwise
}

/** A price is told through a fake only: one row, and what the shop declares of it. */
const kinds: readonly Kind[] = [
  {
    name: 'quantity',
    nth: (n) => n,
    storeOf: (fake) => fake.shown as Map<string, unknown>,
    desire: (world, sku, n) => world.changes(sku, () => ({ onHand: n })),
    selling: (quantity) => ({ quantity }),
  },
  {
    name: 'price',
    nth: price,
    storeOf: (fake) => fake.prices as Map<string, unknown>,
    desire: async (world, sku, n) => {
      world.prices.set(sku, price(n))
      await world.project(sku)
    },
    selling: (of) => ({ price: of }),
  },
]

describe.each(kinds)('the engine publishes a $name', ({ name, nth, storeOf, desire, selling }) => {
  const open = async (otherwise: object = {}, skus: readonly string[] = ['MUG']) => {
    const world = publishing({ selling: selling(otherwise) })
    const shown = storeOf(world.fake)
    for (const sku of skus) {
      await world.changes(sku, () => ({ onHand: 10 }))
      await world.sells(sku)
      await desire(world, sku, 10)
      await world.work()
    }
    world.fake.requests.splice(0)
    world.points.splice(0)
    const state = async (sku = 'MUG') => stateOf(await world.listing(sku), name)
    const run = (values: object) =>
      compare({
        ...world.deps,
        capability: {
          ...world.deps.capability,
          read: async () => ({
            ok: true,
            value: {
              listings: [{ sku: 'MUG', remote: {}, values: { quantity: 10, ...values } }],
            },
          }),
        },
        crossReferences: new MemoryCrossReferences(),
        hint: async (ids) => {
          world.hints.push(...ids.map((message) => ({ message, at: world.now() })))
        },
        left: () => 60_000,
      })
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        await world.work()
        world.pass(1)
      }
    }
    return {
      ...world,
      shown,
      state,
      run,
      pass,
      want: (n: number, sku = 'MUG') => desire(world, sku, n),
    }
  }
  const skus = Array.from({ length: 20 }, (_, i) => `SKU-${i}`)

  test('once, and many changes as one value', async () => {
    const { want, work, shown, fake, points, state } = await open()
    for (const n of [3, 5, 8]) await want(n)
    await work()
    expect(shown.get('MUG')).toEqual(nth(8))
    expect(fake.requests).toHaveLength(1)
    expect(points).toEqual([{ name: 'StageMet' }])
    expect(await state()).toMatchObject({ acknowledged: { value: nth(8) } })
  })

  test('not at all when it comes back to what the shop shows', async () => {
    const { want, work, fake } = await open()
    await want(3)
    await want(10)
    await work()
    expect(fake.requests).toEqual([])
  })

  test('and the one that replaces it meanwhile after it', async () => {
    const world = await open()
    await world.want(3)
    let isFirst = true
    const { gate } = world.deps
    Object.assign(world.deps, {
      gate: {
        enter: async () => {
          const passage = await gate.enter()
          if (isFirst) await world.want(4)
          isFirst = false
          return passage
        },
      },
    })
    await world.work()
    expect(world.shown.get('MUG')).toEqual(nth(4))
    expect((await world.state()).dirtySince).toBeUndefined()
  })

  test('of twenty listings, and those that poison a request keep none of the others', async () => {
    const world = await open({}, skus)
    for (const sku of skus) await world.want(3, sku)
    world.fake.poisons.add('SKU-7').add('SKU-13')
    await world.work()
    expect((await world.state('SKU-7')).refusal?.reason).toBe('the shop refuses the request')
    expect((await world.state('SKU-8')).acknowledged?.value).toEqual(nth(3))
  })

  test('that was refused again when it changes', async () => {
    const { want, work, fake, shown, state } = await open()
    fake.refuses.add('MUG')
    await want(3)
    await work()
    expect((await state()).refusal).toMatchObject({ reason: 'there is no such item' })
    fake.refuses.clear()
    await want(4)
    await work()
    expect(shown.get('MUG')).toEqual(nth(4))
    expect((await state()).refusal).toBeUndefined()
  })

  test('the newest, once, after an hour in which the shop was down', async () => {
    const { want, pass, fake, shown, points } = await open()
    fake.down = true
    for (let minute = 1; minute <= 6; minute++) {
      await want(10 + minute)
      await pass(600)
    }
    fake.down = false
    await pass(900)
    expect(shown.get('MUG')).toEqual(nth(16))
    expect(fake.requests).toHaveLength(1)
    expect(points).toEqual([{ name: 'StageMissed' }])
  })

  test('again whose answer was lost, though the old one is desired by now', async () => {
    const { want, work, pass, fake, shown, state } = await open()
    fake.losesAnswers = 1
    await want(3)
    await work()
    expect(shown.get('MUG')).toEqual(nth(3))
    expect((await state()).maybeAcknowledged).toMatchObject({ value: nth(3) })
    await want(10)
    expect((await state()).dirtySince).toBeDefined()
    await pass(120)
    expect(shown.get('MUG')).toEqual(nth(10))
    const { maybeAcknowledged, dirtySince, acknowledged } = await state()
    expect({ maybeAcknowledged, dirtySince }).toEqual({})
    expect(acknowledged?.value).toEqual(nth(10))
  })

  test('by files, one a minute, and is told which lines were refused', async () => {
    const files: { fake: FakeShop } = { fake: new FakeShop() }
    const world = await open(
      fileOf(() => files.fake, storeOf),
      ['MUG', 'CUP'],
    )
    files.fake = world.fake
    await world.pass(200)
    world.fake.requests.splice(0)
    world.fake.refuses.add('CUP')
    for (let second = 0; second < 120; second++) {
      await world.want(second + 11)
      await world.want(second + 11, 'CUP')
      await world.pass(1)
    }
    await world.pass(180)
    expect(world.fake.requests.length).toBeLessThanOrEqual(4)
    expect(world.shown.get('MUG')).toEqual(nth(130))
    expect((await world.state('CUP')).refusal).toMatchObject({
      reason: 'no such offer',
      feed: expect.stringMatching(/^\d+$/),
    })
    expect(world.hints).toEqual([])
  })

  test('again that somebody else changed, when a comparison finds it', async () => {
    const { run, work, pass, shown } = await open()
    await pass(60)
    shown.set('MUG', nth(99))
    expect(await run({ [name]: nth(99) })).toMatchObject({ foreign: 1, missed: 0 })
    await work()
    expect(shown.get('MUG')).toEqual(nth(10))
  })

  test('that is on its way, which is no drift', async () => {
    const { run, want, pass, hints } = await open()
    await pass(60)
    await want(3)
    hints.splice(0)
    expect(await run({ [name]: nth(10) })).toMatchObject({ inFlight: 1, foreign: 0 })
    expect(hints.map(({ message }) => message)).toEqual([{ connection: shop, sku: 'MUG' }])
  })
})

test('a shop that resets what it is not sent is told what the other attributes are to stay', async () => {
  const world = publishing({ selling: { quantity: { unsent: 'reset' }, price: {} } })
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  await kinds[1]?.desire(world, 'MUG', 1990)
  await world.work()
  await world.changes('MUG', () => ({ onHand: 9 }))
  await world.work()
  expect(world.fake.requests.flat()).toEqual([
    expect.not.objectContaining({ beside: expect.anything() }),
    expect.objectContaining({ value: 9, beside: { price: price(1990) } }),
  ])
})

test('a listing of which one attribute waits for its turn is told the other', async () => {
  const world: ReturnType<typeof publishing> = publishing({
    selling: {
      quantity: fileOf(
        () => world.fake,
        (fake) => fake.shown,
      ),
      price: {},
    },
  })
  await world.changes('MUG', () => ({ onHand: 10 }))
  await world.sells('MUG')
  for (const onHand of [9, 8]) {
    await world.changes('MUG', () => ({ onHand }))
    await world.work()
  }
  await kinds[1]?.desire(world, 'MUG', 1990)
  await world.work()
  expect(world.fake.prices.get('MUG')).toEqual(price(1990))
  expect((await world.listing('MUG')).attributes.quantity?.dirtySince).toBeDefined()
})
