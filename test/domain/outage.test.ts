import { halt, retry, wait } from '../../domain/failure.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { busyLane } from '../support/busy-lane.ts'

const hour = 3600
const workers = 4
const isDone = ({ intents }: OrderState): boolean => intents['create-order']?.state === 'done'

/** The most that fell into one second. */
function rush(moments: readonly number[]): number {
  const perSecond = new Map<number, number>()
  for (const at of moments) perSecond.set(Math.floor(at), (perSecond.get(Math.floor(at)) ?? 0) + 1)
  return Math.max(0, ...perSecond.values())
}

describe('a system that is down for six hours while orders come in', () => {
  const lane = busyLane({
    workers,
    trouble: (second) => (second < 6 * hour ? retry('unavailable') : undefined),
  })
  beforeAll(async () => {
    for (let i = 0; i < 200; i++) {
      await lane.order()
      await lane.until((i + 1) * 90)
    }
    await lane.until(6 * hour)
  })

  test('is asked by one message at a time, four times a minute', () => {
    const later = lane.requests.slice(workers + 4)
    expect(later.every(({ underWay }) => underWay === 1)).toBe(true)
    expect(lane.requests.length).toBeLessThan((6 * hour) / 15 + 30)
  })

  test('keeps every order waiting by a message of its own, which comes ever more seldom', () => {
    expect(lane.queue).toHaveLength(200)
    // Without the breaker's spread each would come for every probe: 200 × 1,440.
    expect(lane.receipts.length).toBeLessThan(200 * 50)
  })

  test('gets them all within twenty minutes, without a rush and never more than it just bore', async () => {
    const before = { requests: lane.requests.length, receipts: lane.receipts.length }
    await lane.until(6 * hour + 1200)
    expect((await lane.states()).every(isDone)).toBe(true)
    expect(lane.made()).toBe(200)
    expect(lane.queue).toHaveLength(0)

    const requests = lane.requests.slice(before.requests)
    for (const [nth, { at, underWay }] of requests.entries()) {
      const answered = requests.slice(0, nth).filter((other) => other.at + 1 <= at).length
      expect(underWay).toBeLessThanOrEqual(Math.min(workers, 1 + answered))
    }
    expect(rush(lane.receipts.slice(before.receipts))).toBeLessThan(10)
  })

  test('has cost no exception but that orders were late, which is over', async () => {
    const states = await lane.states()
    expect(states.flatMap(({ exceptions }) => Object.keys(exceptions))).toEqual([])
  })
})

test('messages that SQS delivers twice are not two that wait', async () => {
  const orders = 40
  const lane = busyLane({
    workers,
    trouble: (second) => (second < 2 * hour ? retry('unavailable') : undefined),
    copiesOneIn: 5,
  })
  for (let i = 0; i < orders; i++) await lane.order()
  await lane.until(2 * hour)
  // One for each order, and copies that have not come back yet.
  expect(lane.queue.length).toBeLessThan(orders * 1.2)
  await lane.until(3 * hour)
  expect((await lane.states()).every(isDone)).toBe(true)
  expect(lane.made()).toBe(orders)
})

test('a backlog of one moment comes back over as long as it has to, not at once', async () => {
  const lane = busyLane({
    workers,
    trouble: (second) => (second < 600 ? retry('unavailable') : undefined),
  })
  for (let i = 0; i < 300; i++) await lane.order()
  await lane.until(600)
  const before = lane.receipts.length
  await lane.until(1200)
  expect((await lane.states()).every(isDone)).toBe(true)
  expect(rush(lane.receipts.slice(before))).toBeLessThan(15)
})

test('a system that names a moment is asked by nobody before, and by one then', async () => {
  const lane = busyLane({
    workers,
    trouble: (second) => (second < 120 ? wait('too many requests', 120) : undefined),
  })
  for (let i = 0; i < 20; i++) await lane.order()
  await lane.until(600)
  const [first = [], then = []] = [
    lane.requests.filter(({ failed }) => failed),
    lane.requests.filter(({ failed }) => !failed),
  ]
  expect(first).toHaveLength(workers)
  expect(then[0]?.at).toBeGreaterThanOrEqual(121)
  expect(then[1]?.underWay).toBe(1)
  expect((await lane.states()).every(isDone)).toBe(true)
})

test('credentials that are refused are one exception, however many orders wait, and heal by themselves', async () => {
  const lane = busyLane({
    workers,
    trouble: (second) => (second < 2 * hour ? halt('the token was revoked') : undefined),
  })
  for (let i = 0; i < 40; i++) await lane.order()
  await lane.until(2 * hour)
  // That each of them is late is another matter.
  const raised = async () =>
    (await lane.states())
      .flatMap(({ exceptions }) => Object.values(exceptions))
      .flatMap(({ code }) => (code === 'overdue' ? [] : [code]))
  expect(await raised()).toEqual(['connection-halted'])
  expect(lane.requests.length).toBeLessThan(workers + (2 * hour) / 300 + 10)

  await lane.until(3 * hour)
  expect((await lane.states()).every(isDone)).toBe(true)
  expect(await raised()).toEqual([])
})

test('an order that alone fails, always, keeps no other from going on', async () => {
  const trouble = (_: number, id: string) => (id.endsWith('-1') ? retry('a bug') : undefined)
  const lane = busyLane({ workers, trouble })
  for (let i = 0; i < 60; i++) {
    await lane.order()
    await lane.until((i + 1) * 10)
  }
  await lane.until(1200)
  expect((await lane.states()).filter(isDone)).toHaveLength(59)
})
