import { z } from 'zod'
import { toDeliver } from '../../domain/order/lines.ts'
import { statusOf } from '../../domain/order/state.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { count } from '../e2e/support/audit.ts'
import { type OpenedHub, open } from '../e2e/support/open-hub.ts'
import { erp, isCancelled, isComplete, wms } from '../e2e/support/outside.ts'
import { cancelled, type Goods, later, linesOf, type Sold, sold } from '../e2e/support/sold.ts'

let hub: OpenedHub
beforeAll(async () => {
  hub = await open()
})
afterAll(() => hub.hub.close())

const price = '10.00'
const goods: readonly Goods[] = [
  { quantity: 3, price },
  { sku: 'LAMP-OAK', quantity: 1, price },
]

/** The order with fewer units of its first line. */
function fewer(order: Sold, seconds: number, units: number): Sold {
  const [first, ...others] = linesOf(order, {})
  const total = `${units + 1}0.00`
  return later(order, seconds, {
    line_items: [
      { ...Object(first), current_quantity: units, fulfillable_quantity: units },
      ...others,
    ],
    current_total_price: total,
  })
}

const moved = (order: Sold, seconds: number): Sold =>
  later(order, seconds, {
    shipping_address: { ...Object(order.body['shipping_address']), address1: '480 Mill Lane' },
  })

const SalesOrder = z.object({
  externalId: z.string(),
  total: z.number(),
  item: z.object({
    items: z.array(z.looseObject({ quantity: z.number(), isClosed: z.boolean().optional() })),
  }),
})
/** The sales order that an order is at the ERP. */
async function salesOrder(order: Sold) {
  const all = await hub.documents(erp, 'salesOrders', SalesOrder)
  const own = all.filter(({ externalId }) => externalId === order.orderId)
  expect(own).toHaveLength(1)
  return own[0]
}

test('fewer units before anything is posted: every system gets the newest order', async () => {
  const order = sold(goods)
  const edited = fewer(order, 5, 1)
  await hub.place(order, { deliver: false })
  await hub.place(edited)
  await hub.until('a complete order', [order], isComplete)
  expect((await salesOrder(order))?.total).toBe(20)
})

test('an edit of a posted order is brought to the ERP and to the warehouse', async () => {
  const order = sold(goods)
  await hub.misbehave(wms, 'unavailable', 3)
  await hub.place(order)
  await hub.until(
    'a posted order',
    [order],
    ({ intents }) => intents['create-order']?.state === 'done',
  )
  const edited = fewer(order, 5, 2)
  await hub.place(edited)
  const [state] = await hub.until('a complete order', [order], isComplete)
  expect(state?.lines.map((line) => [toDeliver(line), line.shipped])).toEqual([
    [2, 2],
    [1, 1],
  ])
  expect((await salesOrder(order))?.total).toBe(30)
})

const isSettled = (state: OrderState): boolean =>
  isComplete(state) || isCancelled(state) || Object.keys(state.exceptions).length > 0

/** What an order may stand for when it changed while it left. */
const honest: ReadonlySet<string> = new Set([
  'amended-after-release',
  'cancelled-after-release',
  'effect-refused',
  'over-shipped',
  'refunded-without-return',
  'money-kept',
  'shipped-before-change',
])

test('edits, moves and cancellations at any moment: three systems and the ledger agree, or somebody is told', async () => {
  const orders = Array.from({ length: 12 }, () => sold(goods))
  await Promise.all(
    orders.map(async (order, n) => {
      await hub.place(order)
      await pause(n * 130)
      const next =
        [fewer(order, 5, 1 + (n % 2)), moved(order, 5), cancelled(order, 5)][n % 3] ?? order
      await hub.place(next, { deliver: n % 5 !== 0 })
      if (n % 5 === 0) await hub.webhook(next.text)
      await pause(n * 70)
      // An old message comes again.
      await hub.webhook(order.text)
      if (n % 4 === 1) await hub.place(cancelled(next, 5))
    }),
  )
  await hub.until('an end of every order', orders, isSettled)
  const states = await hub.until('every order to be quiet', orders, isQuiet)
  for (const [i, state] of states.entries()) {
    const order = orders[i]
    const codes = Object.values(state.exceptions).map(({ code }) => code)
    expect(codes.filter((code) => !honest.has(code))).toEqual([])
    if (order && codes.length === 0) await agrees(order, state)
  }
})

/** Nothing more will happen by itself soon. */
const isQuiet = (state: OrderState): boolean =>
  Object.values(state.intents).every((intent) =>
    ['done', 'withdrawn', 'refused'].includes(intent.state),
  ) &&
  (['complete', 'cancelled'].includes(statusOf(state)) || Object.keys(state.exceptions).length > 0)

async function agrees(order: Sold, state: OrderState): Promise<void> {
  const held = (await count(hub, [order])).get(order)
  const sent = state.lines.reduce((units, line) => units + line.shipped, 0)
  if (statusOf(state) === 'cancelled') {
    expect(sent).toBe(0)
    return
  }
  const units = state.lines.reduce((sum, line) => sum + toDeliver(line), 0)
  expect(sent).toBe(units)
  expect((await salesOrder(order))?.total).toBe(units * 10)
  expect(held?.itemFulfillments).toBe(Object.keys(state.shipments).length)
  expect(held?.told).toHaveLength(Object.keys(state.shipments).length)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
