import type { Run, RunOptions } from '../../simulation/run.ts'
import { shrink } from '../../simulation/shrink.ts'
import type { Simulated } from '../../simulation/simulate-one.ts'

const promise = 'at most one effect'
const all = {
  orders: Array.from({ length: 40 }, (_, index) => index),
  faults: Array.from({ length: 9 }, (_, at) => `killed at place ${at}`),
}
/** Without one of these nothing breaks. */
const guilty = { orders: [3, 27], faults: ['killed at place 5'] }

/** Invocations in an hour of these days, and hours. */
const [hourly, hours] = [100, 10]

/** A day that breaks a promise at its end, or whatever it is asked to end at; it counts what it lived through. */
function days() {
  let lived = 0
  const live = async ({ only, mask, ends }: RunOptions): Promise<Simulated> => {
    const orders = all.orders.filter((index) => only?.has(index) ?? true)
    const isOut = mask?.without?.has('killed')
    const faults = isOut ? [] : all.faults.filter((fault) => mask?.only?.has(fault) ?? true)
    const cloud = { lambdas: { invocations: 0 } }
    // Of a run nothing else is looked at when it is made smaller.
    const run = {
      plans: orders.map((index) => ({ index, order: `order ${index}` })),
      vendors: [],
      deaf: new Map(),
      faults: { happened: new Set(faults) },
      witness: { breaches: [] },
      cloud,
    } as unknown as Run
    for (let hour = 0; hour < hours && !ends?.(run); hour++) {
      cloud.lambdas.invocations += hourly
      lived += hourly
    }
    const isWhole = cloud.lambdas.invocations === hourly * hours
    const breaks =
      isWhole &&
      guilty.orders.every((index) => orders.includes(index)) &&
      guilty.faults.every((fault) => faults.includes(fault))
    return { run, breaches: breaks ? [{ promise, what: 'twice', order: 'order 27' }] : [] }
  }
  return { live, lived: () => lived }
}

// The design and the settings are nothing to it.
const options = { seed: 1, orders: 40, days: 1 } as RunOptions

async function shrunken(limits: { readonly work: number; readonly seconds: number }) {
  const { live, lived } = days()
  const first = await live(options)
  const before = lived()
  const [breach] = first.breaches
  if (!breach) throw new Error('the day breaks nothing')
  const least = await shrink(options, first, { breach, limits, live })
  const { plans, faults } = least.run
  return {
    least,
    orders: plans.map(({ index }) => index),
    faults: [...faults.happened],
    worked: lived() - before,
  }
}

test('what is left is what it takes', async () => {
  const { least, orders, faults } = await shrunken({ work: 1e9, seconds: 60 })
  expect({ orders, faults }).toEqual(guilty)
  expect(least.limit).toBeUndefined()
})

test('when the work for it is used up, in the middle of a try, the smallest so far is left', async () => {
  const work = 4 * hourly * hours + hourly / 2
  const { least, orders, worked } = await shrunken({ work, seconds: 60 })
  expect(least.limit).toBe('work')
  expect(least.breaches).toMatchObject([{ promise }])
  expect(orders.length).toBeLessThan(all.orders.length)
  expect(orders).toEqual(expect.arrayContaining(guilty.orders))
  expect(worked).toBeLessThanOrEqual(work + hourly)
})

test('with no time for it the seed is left as it was', async () => {
  const { least, orders, worked } = await shrunken({ work: 1e9, seconds: 0 })
  expect(least).toMatchObject({ limit: 'seconds', tries: 0, breaches: [{ promise }] })
  expect({ orders, worked }).toEqual({ orders: all.orders, worked: 0 })
})
