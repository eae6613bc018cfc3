import { broken } from '../e2e/support/audit.ts'
import { type OpenedHub, open } from '../e2e/support/open-hub.ts'
import { erp, isComplete, shop, wms } from '../e2e/support/outside.ts'
import { sold } from '../e2e/support/sold.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

const systems = [erp, wms, shop] as const

test.each([
  ['are lost after the work was done', ['commit-then-drop']],
  ['are refusals, pages of HTML or late', ['throttle', 'unavailable', 'html', 'slow']],
])('every order is there once when the answers of all systems %s', async (_, ways) => {
  const orders = [sold([{ quantity: 2 }]), sold(), sold(), sold()]
  for (const system of systems) {
    for (const how of ways) await hub.misbehave(system, how, 2)
  }
  await Promise.all(orders.map((order) => hub.place(order)))
  await hub.until('complete orders', orders, isComplete)
  expect(await broken(hub, orders)).toEqual([])
})

test('an answer lost while the index lags is doubted until the index can be trusted', async () => {
  const orders = [sold(), sold()]
  for (const how of ['commit-then-drop', 'lag-index']) await hub.misbehave(erp, how, 2)
  await Promise.all(orders.map((order) => hub.place(order)))
  await hub.until('complete orders', orders, isComplete)
  expect(await broken(hub, orders)).toEqual([])
})

test('webhooks of the shop and of the warehouse come twice and in any order', async () => {
  const orders = Array.from({ length: 5 }, () => sold([{ quantity: 2 }]))
  for (const system of [shop, wms]) {
    await hub.misbehave(system, 'duplicate', 10)
    await hub.misbehave(system, 'reorder', 5)
  }
  await Promise.all(orders.map((order) => hub.place(order)))
  await hub.until('complete orders', orders, isComplete)
  expect(await broken(hub, orders)).toEqual([])
})
