import type { OrderState } from '../../schemas/stored/order-state.ts'
import { type Api, apiOf } from './support/api.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { eventually, wms } from './support/outside.ts'
import { type Sold, sold } from './support/sold.ts'

let hub: OpenedHub
let api: Api
beforeAll(async () => {
  hub = await open()
  api = apiOf(hub.ready)
})
afterAll(() => hub.hub.close())

test('eighty concurrent orders for forty units: nothing is oversold or needlessly refused', async () => {
  await count({ 'HOT-1': 40 })
  const orders = Array.from({ length: 80 }, () => sold([{ sku: 'HOT-1', quantity: 1 }]))
  await Promise.all(orders.map((order) => hub.place(order)))
  const states = await decided(orders)
  expect(states.filter(hasUnit)).toHaveLength(40)
  expect(states.filter((state) => state.stock?.short.length === 1)).toHaveLength(40)
  const before = await stockOf('HOT-1')
  expect(before.onHand - before.reserved).toBe(0)

  // What comes in goes to those who wait, and to nobody twice.
  await receive('HOT-1', 7)
  await eventually('seven more to have a unit', async () => {
    const having = (await decided(orders)).filter((state) => hasUnit(state)).length
    return having === 47 ? {} : Error(`${having} have one`)
  })
  const { onHand, reserved } = await stockOf('HOT-1')
  expect(onHand - reserved).toBe(0)
})

async function count(units: Readonly<Record<string, number>>): Promise<void> {
  const counts = Object.entries(units).map(([sku, onHand]) => ({ sku, onHand }))
  const { status } = await api.post('/stock/counts', {
    location: 'main',
    at: new Date().toISOString(),
    counts,
  })
  expect(status).toBe(200)
}

async function receive(sku: string, quantity: number): Promise<void> {
  const movement = { kind: 'receipt', id: `receipt of ${sku}`, at: new Date().toISOString() }
  const { status } = await api.post('/stock/movements', {
    location: 'main',
    movements: [{ ...movement, sku, quantity }],
  })
  expect(status).toBe(200)
}

interface Place {
  readonly onHand: number
  readonly reserved: number
}

async function stockOf(sku: string): Promise<Place> {
  const { body } = await api.get(`/stock?sku=${sku}&warehouse=${wms}`)
  // Checked against docs/openapi.json by the client.
  return (body as { readonly places: readonly [Place] }).places[0]
}

/** The orders' states once all of them were looked at. */
async function decided(orders: readonly Sold[]): Promise<readonly OrderState[]> {
  const ids = new Set(orders.map(({ orderId }) => orderId))
  return eventually('every order to be captured', async () => {
    const heads = (await hub.ledger.heads()).filter(({ id, stock }) => ids.has(id) && stock)
    return heads.length === ids.size ? heads : Error(`${heads.length} are`)
  })
}

/** It is promised to the order, or has left for it. */
const hasUnit = ({ stock }: OrderState): boolean =>
  (stock?.reservations ?? []).reduce((sum, { reserved, left }) => sum + reserved + left, 0) === 1
