import { setTimeout as sleep } from 'node:timers/promises'
import { broken } from '../e2e/support/audit.ts'
import { type OpenedHub, open } from '../e2e/support/open-hub.ts'
import { isComplete } from '../e2e/support/outside.ts'
import { sold } from '../e2e/support/sold.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

test('functions that are killed at work, again and again, lose and double nothing', async () => {
  const orders = Array.from({ length: 10 }, () => sold([{ quantity: 2 }]))
  let killed = 0
  for (const order of orders) {
    await hub.place(order)
    await sleep(100)
    killed += killOneOf(Object.values(hub.hub.cloud.processes()).flat())
  }
  await hub.until('complete orders', orders, isComplete)
  expect(killed).toBeGreaterThan(3)
  expect(await broken(hub, orders)).toEqual([])
})

test('all functions killed in one moment come back by themselves', async () => {
  const orders = Array.from({ length: 5 }, () => sold())
  await Promise.all(orders.map((order) => hub.place(order)))
  for (const pid of Object.values(hub.hub.cloud.processes()).flat()) kill(pid)
  await hub.until('complete orders', orders, isComplete)
  expect(await broken(hub, orders)).toEqual([])
})

/** Another one each time, so that every function has its turn. */
let turn = 0
function killOneOf(pids: readonly number[]): number {
  const pid = pids[turn++ % pids.length]
  return pid !== undefined && kill(pid) ? 1 : 0
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
    return false
  }
}
