import { shopify } from '../../connectors/shopify/index.ts'
import type { Call } from '../../domain/account.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { text } from '../support/fixtures.ts'
import { orderOf, parcel, shopifyAccount, webhook } from '../support/shopify.ts'

const effect = shopify.orders.effects['confirm-shipment']
if (!effect?.look) throw new Error('confirm-shipment has no look')
const { make, look } = effect

const writes = ({ kind }: Call): boolean => kind === 'write'
const mugs = '1401000000001'
const shirt = '1401000000002'

interface Fulfilled {
  readonly trackingInfo: readonly { readonly number: string }[]
  readonly fulfillmentLineItems: {
    readonly nodes: readonly {
      readonly quantity: number
      readonly lineItem: { readonly id: string }
    }[]
  }
}

/** A shop with one order of three mugs and a shirt, and what it holds of parcels. */
async function shopWith(change: object = {}, lineChanges: readonly object[] = []) {
  const base = JSON.parse(text('shopify', 'paid-order.wire.json'))
  const line_items = base.line_items.map((line: object, index: number) => ({
    ...line,
    ...lineChanges[index],
  }))
  const body = JSON.stringify({ ...base, line_items, ...change })
  const made = shopifyAccount()
  await made.shop.takeOrder?.(body, false)
  const order: Order = orderOf(webhook(body))
  const parcels = () =>
    (made.shop.state()['fulfillments'] as readonly Fulfilled[]).map((fulfilled) => [
      fulfilled.trackingInfo[0]?.number,
      Object.fromEntries(
        fulfilled.fulfillmentLineItems.nodes.map((node) => [
          node.lineItem.id.split('/').at(-1),
          node.quantity,
        ]),
      ),
    ])
  return { ...made, body, order, parcels }
}

test('two parcels are two fulfilments, each with its tracking', async () => {
  const { account, order, parcels, world } = await shopWith()
  const second = { id: 'shipment-2', trackingNumber: '1Z0002' }
  expect(await make(account, parcel(order, { [mugs]: 2 }))).toMatchObject({ ok: true })
  expect(await make(account, parcel(order, { [mugs]: 1, [shirt]: 1 }, second))).toEqual({
    ok: true,
    value: { id: 'gid://shopify/Fulfillment/5600000011001002', number: '#1001.2' },
  })
  expect(parcels()).toEqual([
    ['1Z0001', { [mugs]: 2 }],
    ['1Z0002', { [mugs]: 1, [shirt]: 1 }],
  ])

  const told = world.deliveries.map(({ body }) => orderOf(webhook(body, 'orders/updated')))
  expect(told.map(({ lines }) => lines.map(({ fulfilled }) => fulfilled))).toEqual([
    [2, 0],
    [3, 1],
  ])
  expect(told.map(({ version }) => version)).toEqual([
    '2026-11-02T14:15:05.000Z',
    '2026-11-02T14:15:06.000Z',
  ])
})

test('lines of two locations are two fulfilments of one parcel, and only one mail', async () => {
  const { account, order, parcels } = await shopWith({}, [{}, { origin_location: { id: 2 } }])
  expect(await make(account, parcel(order, { [mugs]: 3, [shirt]: 1 }))).toMatchObject({
    ok: true,
    value: { number: '#1001.1' },
  })
  expect(parcels()).toEqual([
    ['1Z0001', { [mugs]: 3 }],
    ['1Z0001', { [shirt]: 1 }],
  ])
  const mails = account.calls.filter(writes).map((call) => notifies(call))
  expect(mails).toEqual([true, false])
})

test('a parcel that was half made is completed, not repeated', async () => {
  const { account, order, parcels } = await shopWith({}, [{}, { origin_location: { id: 2 } }])
  const subject = parcel(order, { [mugs]: 3, [shirt]: 1 })
  let write = 0
  account.misbehave('throttle', {
    which: (call) => writes(call) && ++write === 2,
  })
  expect(await make(account, subject)).toMatchObject({ ok: false, error: { next: 'wait' } })
  expect(parcels()).toHaveLength(1)
  expect(await look(account, subject)).toEqual({ ok: true, value: undefined })
  expect(await make(account, subject)).toMatchObject({ ok: true, value: { number: '#1001.1' } })
  expect(parcels()).toEqual([
    ['1Z0001', { [mugs]: 3 }],
    ['1Z0001', { [shirt]: 1 }],
  ])
  expect(account.calls.filter(writes).map(notifies)).toEqual([true, false, false])
})

test('lines that someone fulfilled by hand are done already', async () => {
  const { account, order, parcels } = await shopWith()
  const byHand = { id: 'by-hand', trackingNumber: 'HAND-1' }
  await make(account, parcel(order, { [mugs]: 3, [shirt]: 1 }, byHand))
  expect(await make(account, parcel(order, { [mugs]: 2 }))).toMatchObject({
    ok: true,
    value: { number: '#1001.1' },
  })
  expect(parcels()).toEqual([['HAND-1', { [mugs]: 3, [shirt]: 1 }]])
})

test('the shop hears of a carrier by the name that it knows', async () => {
  const { account, order } = await shopWith()
  const subject = {
    ...parcel(order, { [mugs]: 1 }, { carrier: 'dhl' }),
    names: () => 'DHL Express',
  }
  expect(await make(account, subject)).toMatchObject({ ok: true })
  expect(account.calls.find(writes)?.body).toContain('"company":"DHL Express"')
})

test('a parcel without tracking is known by the warehouse id of it', async () => {
  const { account, order, parcels } = await shopWith()
  const bare = { trackingNumber: undefined, trackingUrl: undefined, carrier: undefined }
  const subject = parcel(order, { [mugs]: 1 }, { ...bare, id: 'wms-77' })
  await make(account, subject)
  await make(account, subject)
  await make(account, parcel(order, { [mugs]: 1 }, { ...bare, id: 'wms-78' }))
  expect(parcels()).toEqual([
    ['wms-77', { [mugs]: 1 }],
    ['wms-78', { [mugs]: 1 }],
  ])
})

test.each([
  ['on hold', { fulfillment_holds: [{ reason: 'other' }] }, /on hold/],
  ['cancelled', { cancelled_at: '2026-11-03T00:00:00Z' }, /no open fulfilment order has 2 of line/],
])('an order that is %s is a matter for a person', async (_name, change, reason) => {
  const { account, order, parcels } = await shopWith(change)
  expect(await make(account, parcel(order, { [mugs]: 2 }))).toMatchObject({
    ok: false,
    error: { next: 'except', code: 'effect-refused', reason: expect.stringMatching(reason) },
  })
  expect(parcels()).toEqual([])
})

test('more than was ordered is refused before anything is made', async () => {
  const { account, order, parcels } = await shopWith()
  expect(await make(account, parcel(order, { [mugs]: 4, [shirt]: 1 }))).toMatchObject({
    ok: false,
    error: { code: 'effect-refused', reason: `no open fulfilment order has 1 of line ${mugs}` },
  })
  expect(parcels()).toEqual([])
})

test('a parcel without lines is no parcel', async () => {
  const { account, order } = await shopWith()
  expect(await make(account, parcel(order, {}))).toMatchObject({
    ok: false,
    error: { next: 'except', code: 'effect-refused' },
  })
})

test('an order the shop does not have is said so', async () => {
  const { account, order } = await shopWith()
  const stranger = { ...order, channelOrderId: '999' }
  expect(await make(account, parcel(stranger, { [mugs]: 1 }))).toMatchObject({
    ok: false,
    error: { next: 'except', code: 'order-not-found' },
  })
})

test('the customer is not told when the settings say so', async () => {
  const base = text('shopify', 'paid-order.wire.json')
  const { shop, account } = shopifyAccount({ notifyCustomer: false })
  await shop.takeOrder?.(base, false)
  await make(account, parcel(orderOf(webhook(base)), { [mugs]: 1 }))
  expect(account.calls.filter(writes).map(notifies)).toEqual([false])
})

const notifies = (call: Call): boolean =>
  JSON.parse(call.body ?? '').variables.fulfillment.notifyCustomer
