import { setTimeout as sleep } from 'node:timers/promises'
import type { TwinRequest } from '../../twins/kit/twin.ts'
import { broken } from '../e2e/support/audit.ts'
import { type OpenedHub, open } from '../e2e/support/open-hub.ts'
import { erp, eventually, isComplete } from '../e2e/support/outside.ts'
import { type Sold, sold } from '../e2e/support/sold.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

const endless = 100_000

/** Requests that the ERP got while it misbehaved so. */
const disturbed = (how: string): number =>
  endless - (hub.hub.twins.find(erp)?.mischiefs.left()[how] ?? endless)

const deadLetters = () => hub.happenings.filter(({ kind }) => kind === 'dead-letter')

const counted = (name: string): number =>
  hub.happenings.filter(
    (one) =>
      one.kind === 'metric' &&
      one.metric.name === name &&
      one.metric.dimensions['Connection'] === erp,
  ).length

/** How often a message of the ERP's lane was received and had to come again. */
const turnedAway = (): number =>
  hub.happenings.filter(
    (one) => one.kind === 'log' && one.line.includes(`the breaker of ${erp} is`),
  ).length

/** From now on each order and each parcel that is posted takes its time, and what is under way is written down. */
function watchPosts(): { readonly underWay: number; readonly answered: number }[] {
  const hosted = hub.hub.twins.find(erp)
  if (!hosted) throw new Error('the ERP has no twin')
  const { twin } = hosted
  const posts: { underWay: number; answered: number }[] = []
  let underWay = 0
  let answered = 0
  const handle = twin.handle.bind(twin)
  Object.assign(twin, {
    handle: async (asked: TwinRequest) => {
      if (asked.method !== 'POST' || !/salesOrder/i.test(asked.path)) return handle(asked)
      underWay += 1
      posts.push({ underWay, answered })
      await sleep(300)
      const answer = await handle(asked)
      underWay -= 1
      answered += 1
      return answer
    },
  })
  return posts
}

test('an outage that a message outlives dozens of times fills no dead letters, and is followed by no stampede', async () => {
  await hub.misbehave(erp, 'unavailable', endless)
  const orders: Sold[] = []
  for (let i = 0; i < 8; i++) {
    const order = sold()
    orders.push(order)
    await hub.place(order)
    await sleep(1500)
  }
  await sleep(8000)
  // Five strikes and those under way with them, then one probe after another.
  expect(disturbed('unavailable')).toBeLessThan(25)
  expect(counted('BreakerOpened')).toBeGreaterThan(3)
  // SQS would have given up on each message after five receives.
  expect(turnedAway() / orders.length).toBeGreaterThan(10)

  const posts = watchPosts()
  await hub.misbehave(erp, 'unavailable', 0)
  await hub.until('complete orders', orders, isComplete)
  for (const { underWay, answered } of posts) {
    expect(underWay).toBeLessThanOrEqual(Math.min(4, 1 + answered))
  }
  expect(posts.length).toBeGreaterThanOrEqual(orders.length)
  expect(deadLetters()).toEqual([])
  expect(await broken(hub, orders)).toEqual([])
})

test('credentials that are refused stop the lane once: one exception, one alarm, then quiet, then all is well', async () => {
  await hub.misbehave(erp, 'refuse-credentials', endless)
  const orders = Array.from({ length: 6 }, () => sold())
  await Promise.all(orders.map((order) => hub.place(order)))
  const halted = async () =>
    (await hub.ledger.heads()).filter(({ exceptions }) =>
      Object.values(exceptions).some(({ code }) => code === 'connection-halted'),
    )
  await eventually('a halt', async () => (await halted()).at(0))
  await sleep(2000)
  const asked = disturbed('refuse-credentials')
  await sleep(5000)
  expect(disturbed('refuse-credentials')).toBe(asked)
  expect(counted('ConnectionHalted')).toBe(1)

  expect(await halted()).toHaveLength(1)

  await hub.misbehave(erp, 'refuse-credentials', 0)
  await hub.until('complete orders', orders, isComplete)
  expect(deadLetters()).toEqual([])
  expect(await broken(hub, orders)).toEqual([])
})
