import { shopify } from '../../connectors/shopify/index.ts'
import type { Call } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { subjectOf } from '../../domain/order/aggregate.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { text } from '../support/fixtures.ts'
import { policy } from '../support/orders.ts'
import { orderOf, parcel, shopifyAccount, takeBack, webhook } from '../support/shopify.ts'
import { tellStory } from '../support/story.ts'

const effect = shopify.orders.effects['cancel-sale']
if (!effect?.look) throw new Error('cancel-sale has no look')
const { make, look } = effect

const mugs = '1401000000001'
const shirt = '1401000000002'
const everything = { [mugs]: 3, [shirt]: 1 }
const operationOf = ({ body = '' }: Call): string =>
  /(?:mutation|query) (\w+)/.exec(body)?.[1] ?? ''
const writes = (operation: string) => (call: Call) => operationOf(call) === operation

interface Held {
  readonly cancelledAt: string | null
  readonly displayFinancialStatus: string
  readonly currentTotalPriceSet: { readonly shopMoney: { readonly amount: string } }
  readonly lineItems: { readonly nodes: readonly { readonly currentQuantity: number }[] }
  readonly refunds: readonly { readonly note: string | null }[]
}

/** A shop with one paid order of three mugs and a shirt, 66.73 in all. */
async function shopWith(change: object = {}, settings: object = {}) {
  const base = JSON.parse(text('shopify', 'paid-order.wire.json'))
  const body = JSON.stringify({ ...base, payment_gateway_names: ['bogus'], ...change })
  const made = shopifyAccount(settings)
  await made.shop.takeOrder?.(body, false)
  const order: Order = orderOf(webhook(body))
  const held = () => {
    const [found] = made.shop.state()['orders'] as readonly Held[]
    if (!found) throw new Error('the shop has no order')
    return {
      cancelled: found.cancelledAt !== null,
      status: found.displayFinancialStatus,
      total: found.currentTotalPriceSet.shopMoney.amount,
      units: found.lineItems.nodes.map((line) => line.currentQuantity),
      notes: found.refunds.map(({ note }) => note),
    }
  }
  const asked = (operation: string) => made.account.calls.filter(writes(operation))
  const sent = (operation: string) =>
    asked(operation).map((call) => JSON.parse(call.body ?? '').variables)
  return { ...made, body, order, held, asked, sent }
}

/** The order as the shop's last webhook tells it. */
const told = ({ world }: Awaited<ReturnType<typeof shopWith>>): Order => {
  const bodies = world.deliveries
    .map(({ body }) => body)
    .filter((body) => body.includes('line_items'))
  return orderOf(webhook(bodies.at(-1) ?? '', 'orders/updated'))
}

describe('some units', () => {
  test('are refunded with their money, and leave the order', async () => {
    const shop = await shopWith()
    expect(await make(shop.account, takeBack(shop.order, { [mugs]: 2 }))).toEqual({
      ok: true,
      value: { id: 'gid://shopify/Refund/5600000011001801', number: '#1001' },
    })
    expect(shop.held()).toEqual({
      cancelled: false,
      status: 'PARTIALLY_REFUNDED',
      total: '42.82',
      units: [1, 1],
      notes: ['Crossdock cancel-sale of shopify_demo-store_5600000011001'],
    })
    expect(shop.sent('Refund')).toMatchObject([
      {
        input: {
          notify: true,
          currency: 'USD',
          refundLineItems: [{ quantity: 2, restockType: 'CANCEL' }],
          transactions: [{ kind: 'REFUND', gateway: 'bogus', amount: '23.91' }],
        },
        key: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      },
    ])
    expect(told(shop).lines.map(({ removed }) => removed)).toEqual([2, 0])
  })

  test('are refunded once by two workers at a time', async () => {
    const shop = await shopWith()
    const subject = takeBack(shop.order, { [mugs]: 2 })
    await Promise.all([make(shop.account, subject), make(shop.account, subject)])
    expect(shop.held()).toMatchObject({ units: [1, 1], total: '42.82' })
  })

  test('that somebody took back at the shop meanwhile are not taken back again', async () => {
    const shop = await shopWith()
    const base = JSON.parse(shop.body)
    const [line, ...others] = base.line_items
    const line_items = [{ ...line, current_quantity: 1, fulfillable_quantity: 1 }, ...others]
    const byStaff = { ...base, line_items, updated_at: '2026-11-03T00:00:00Z' }
    await shop.shop.takeOrder?.(JSON.stringify(byStaff), false)
    expect(await make(shop.account, takeBack(shop.order, { [mugs]: 2 }))).toMatchObject({
      value: { id: 'gid://shopify/Order/5600000011001' },
    })
    expect(shop.asked('Refund')).toHaveLength(0)
    await make(shop.account, takeBack(shop.order, { [mugs]: 3 }))
    expect(shop.sent('Refund')).toMatchObject([{ input: { refundLineItems: [{ quantity: 1 }] } }])
  })

  test('of a second cancellation are added to the first, which the ledger has not read back yet', async () => {
    const shop = await shopWith()
    await make(shop.account, takeBack(shop.order, { [mugs]: 1 }))
    const more = takeBack(shop.order, { [mugs]: 1 }, { intentId: 'cancel-sale-2' })
    const lines = more.lines.map((line) => ({ ...line, takenInAll: line.quantity * 2 }))
    expect(await look(shop.account, { ...more, lines })).toEqual({ ok: true, value: undefined })
    await make(shop.account, { ...more, lines })
    expect(await look(shop.account, { ...more, lines })).toMatchObject({
      value: { id: 'gid://shopify/Refund/5600000011001802' },
    })
    expect(shop.held()).toMatchObject({ units: [1, 1], total: '42.82' })
  })

  test('that were taken back in part get only the rest', async () => {
    const shop = await shopWith()
    await make(shop.account, takeBack(shop.order, { [mugs]: 1 }))
    const subject = takeBack(shop.order, { [mugs]: 2 })
    expect(await look(shop.account, subject)).toEqual({ ok: true, value: undefined })
    await make(shop.account, subject)
    expect(shop.held().units).toEqual([1, 1])
    expect(await look(shop.account, subject)).toMatchObject({ value: { number: '#1001' } })
  })

  test('that were fulfilled at the shop are a matter for a person', async () => {
    const shop = await shopWith()
    await shopify.orders.effects['confirm-shipment']?.make(
      shop.account,
      parcel(shop.order, { [mugs]: 2 }),
    )
    expect(await make(shop.account, takeBack(shop.order, { [mugs]: 2 }))).toMatchObject({
      error: {
        next: 'except',
        code: 'effect-refused',
        reason: expect.stringMatching(/only 1 of it/),
      },
    })
    expect(shop.asked('Refund')).toHaveLength(0)
  })

  test('of an order that is only authorized are taken back without a refund', async () => {
    const shop = await shopWith({ financial_status: 'authorized' })
    await make(shop.account, takeBack(shop.order, { [mugs]: 2 }))
    expect(shop.sent('Refund')).toMatchObject([{ input: { transactions: [] } }])
    expect(shop.held()).toMatchObject({ status: 'AUTHORIZED', units: [1, 1] })
  })

  test('keep their money and stay out of stock when the settings say so', async () => {
    const settings = { refundCancelled: false, restockCancelled: false, notifyCustomer: false }
    const shop = await shopWith({}, settings)
    await make(shop.account, takeBack(shop.order, { [mugs]: 2 }))
    const [{ input }] = shop.sent('Refund')
    expect(input).toMatchObject({ notify: false, transactions: [] })
    expect(input.refundLineItems).toEqual([
      { lineItemId: `gid://shopify/LineItem/${mugs}`, quantity: 2, restockType: 'NO_RESTOCK' },
    ])
    expect(shop.held().status).toBe('PAID')
  })

  test('that cost nothing are taken back without a payment', async () => {
    const line_items = JSON.parse(text('shopify', 'paid-order.wire.json')).line_items
    const free = { price: '0.00', discount_allocations: [], tax_lines: [] }
    const shop = await shopWith({ line_items: [line_items[0], { ...line_items[1], ...free }] })
    await make(shop.account, takeBack(shop.order, { [shirt]: 1 }))
    expect(shop.sent('Refund')).toMatchObject([{ input: { transactions: [] } }])
    expect(shop.held().units).toEqual([3, 0])
  })

  test('are refunded in the currency of the buyer', async () => {
    const body = text('shopify', 'two-currencies.wire.json')
    const { shop, account } = shopifyAccount()
    const paid = JSON.parse(body)
    const two = { ...paid.line_items[0], quantity: 2, current_quantity: 2 }
    await shop.takeOrder?.(
      JSON.stringify({
        ...paid,
        financial_status: 'paid',
        payment_gateway_names: ['bogus'],
        line_items: [two],
      }),
      false,
    )
    const order = orderOf(webhook(JSON.stringify({ ...paid, line_items: [two] })))
    const [line] = order.lines
    expect(await make(account, takeBack(order, { [line?.id ?? '']: 1 }))).toMatchObject({
      ok: true,
    })
    const sent = JSON.parse(account.calls.findLast(writes('Refund'))?.body ?? '').variables
    expect(sent.input).toMatchObject({ currency: 'EUR', transactions: [{ amount: '12.33' }] })
  })

  test('get another key when Shopify remembers one for an attempt that failed', async () => {
    const shop = await shopWith()
    const subject = takeBack(shop.order, { [mugs]: 2 })
    shop.account.misbehave('drop', { which: writes('Refund') })
    await make(shop.account, subject)
    const [{ key, input }] = shop.sent('Refund')
    shop.world.documents.put('keys', key, { asked: JSON.stringify(input), made: null })
    expect(await make(shop.account, subject)).toMatchObject({ ok: true })
    expect(new Set(shop.sent('Refund').map((sent) => sent.key)).size).toBe(2)
    expect(shop.held().units).toEqual([1, 1])
  })

  test('stay in doubt when the key was used for something else', async () => {
    const shop = await shopWith()
    const subject = takeBack(shop.order, { [mugs]: 2 })
    shop.account.misbehave('drop', { which: writes('Refund') })
    await make(shop.account, subject)
    const [{ key }] = shop.sent('Refund')
    shop.world.documents.put('keys', key, { asked: '{}', made: 'gid://shopify/Refund/1' })
    expect(await make(shop.account, subject)).toMatchObject({ error: { next: 'doubt' } })
    expect(shop.held().units).toEqual([3, 1])
  })
})

describe('a whole order', () => {
  const cancelAll = (order: Order, extra: Partial<Subject> = {}) =>
    takeBack(order, everything, extra)

  test('is cancelled by a job, and known as done when the order is', async () => {
    const shop = await shopWith()
    const subject = cancelAll(shop.order)
    expect(await make(shop.account, subject)).toMatchObject({
      error: { next: 'doubt', answersWithin: 15 },
    })
    expect(await look(shop.account, subject)).toEqual({ ok: true, value: undefined })
    await shop.shop.tick?.()
    expect(await look(shop.account, subject)).toEqual({
      ok: true,
      value: { id: 'gid://shopify/Order/5600000011001', number: '#1001' },
    })
    expect(shop.held()).toMatchObject({ cancelled: true, status: 'REFUNDED', units: [0, 0] })
    expect(shop.sent('Cancel')).toEqual([
      {
        id: 'gid://shopify/Order/5600000011001',
        restock: true,
        refundMethod: { originalPaymentMethodsRefund: true },
        notify: true,
        note: 'Crossdock cancel-sale of shopify_demo-store_5600000011001',
      },
    ])
    expect(told(shop)).toMatchObject({
      cancelReason: 'other',
      payment: 'refunded',
      currentTotal: 0,
    })
  })

  test('whose cancellation was taken twice is cancelled and refunded once', async () => {
    const shop = await shopWith()
    const subject = cancelAll(shop.order)
    await make(shop.account, subject)
    await make(shop.account, subject)
    await shop.shop.tick?.()
    await shop.shop.tick?.()
    expect(shop.world.deliveries).toHaveLength(1)
    expect(shop.held().notes).toHaveLength(1)
  })

  test('that is cancelled already is left alone', async () => {
    const shop = await shopWith({ cancelled_at: '2026-11-03T00:00:00Z' })
    const subject = cancelAll({ ...shop.order, cancelledAt: undefined })
    expect(await make(shop.account, subject)).toMatchObject({ ok: true })
    expect(shop.asked('Cancel')).toHaveLength(0)
  })

  test('is refunded line by line once something of it was fulfilled', async () => {
    const shop = await shopWith()
    await shopify.orders.effects['confirm-shipment']?.make(
      shop.account,
      parcel(shop.order, { [mugs]: 3 }),
    )
    expect(await make(shop.account, takeBack(shop.order, { [shirt]: 1 }))).toMatchObject({
      ok: true,
    })
    expect(shop.asked('Cancel')).toHaveLength(0)
    expect(shop.held()).toMatchObject({ cancelled: false, units: [3, 0] })
  })

  test('of which a part was fulfilled and came back is refunded too', async () => {
    const shop = await shopWith()
    await shopify.orders.effects['confirm-shipment']?.make(
      shop.account,
      parcel(shop.order, { [mugs]: 3 }),
    )
    const sent = JSON.parse(shop.world.deliveries.at(-1)?.body ?? '')
    sent.line_items[0].current_quantity = 0
    sent.updated_at = '2026-11-05T00:00:00Z'
    await shop.shop.takeOrder?.(JSON.stringify(sent), false)
    const order = orderOf(webhook(JSON.stringify(sent)))
    expect(await make(shop.account, takeBack(order, { [shirt]: 1 }))).toMatchObject({ ok: true })
    expect(shop.asked('Cancel')).toHaveLength(0)
    expect(shop.held()).toMatchObject({ cancelled: false, units: [0, 0] })
  })

  test('that somebody cancels a moment before us is done', async () => {
    const shop = await shopWith()
    const send: typeof shop.account.send = async (call) => {
      if (operationOf(call) === 'Cancel') {
        const cancelled_at = '2026-11-05T00:00:00Z'
        const body = { ...JSON.parse(shop.body), cancelled_at, updated_at: cancelled_at }
        await shop.shop.takeOrder?.(JSON.stringify(body), false)
      }
      return shop.account.send(call)
    }
    expect(await make({ ...shop.account, send }, cancelAll(shop.order))).toMatchObject({
      value: { id: 'gid://shopify/Order/5600000011001' },
    })
  })

  test('that Shopify refuses to cancel is a matter for a person', async () => {
    const shop = await shopWith()
    const send: typeof shop.account.send = async (call) => {
      if (operationOf(call) === 'Cancel') {
        await shopify.orders.effects['confirm-shipment']?.make(
          shop.account,
          parcel(shop.order, { [mugs]: 1 }),
        )
      }
      return shop.account.send(call)
    }
    expect(await make({ ...shop.account, send }, cancelAll(shop.order))).toMatchObject({
      error: { code: 'effect-refused', reason: expect.stringMatching(/orderId: .* fulfillments/) },
    })
  })

  test('goes with its tip', async () => {
    const body = text('shopify', 'tip-and-duties.wire.json')
    const { shop, account } = shopifyAccount()
    await shop.takeOrder?.(body, false)
    const order = orderOf(webhook(body))
    const all = Object.fromEntries(order.lines.map(({ id, quantity }) => [id, quantity]))
    await make(account, takeBack(order, all))
    expect(account.calls.filter(writes('Cancel'))).toHaveLength(1)
  })

  test('that got a line meanwhile is not cancelled over it', async () => {
    const shop = await shopWith()
    const { lines } = shop.order
    const before = { ...shop.order, lines: [lines[0]] as Order['lines'] }
    expect(await make(shop.account, takeBack(before, { [mugs]: 3 }))).toMatchObject({
      error: { next: 'retry', reason: expect.stringContaining(shirt) },
    })
    expect(shop.held()).toMatchObject({ cancelled: false, units: [3, 1] })
  })

  test('that the shop does not have is said so', async () => {
    const { account, order } = await shopWith()
    const stranger = cancelAll({ ...order, channelOrderId: '999' })
    expect(await look(account, stranger)).toMatchObject({ error: { code: 'order-not-found' } })
  })
})

describe('with the ledger', () => {
  const telling = { ...policy, can: () => true }

  /** The shop's order under the story's id, captured and posted. */
  async function told() {
    const shop = await shopWith({ id: 1001, admin_graphql_api_id: null })
    const story = tellStory(telling)
    story.captured(shop.order)
    story.did('create-order')
    /** What the lane does with an intent, as often as it is asked. */
    const tellShop = async (intentId: string) => {
      const intent = story.state.intents[intentId]
      if (!intent) throw new Error(`${intentId} was not asked for`)
      const subject = { intentId, ...subjectOf(story.state, intent, shop.order) }
      const made = await make(shop.account, subject)
      if (made.ok) story.did(intentId)
      return made
    }
    return { shop, story, tellShop }
  }

  test('units cancelled one after another are taken back once each, before the shop’s word comes', async () => {
    const { shop, story, tellShop } = await told()
    const cancel = () =>
      story.command({ do: 'cancel', reason: 'no stock', lines: [{ id: mugs, quantity: 1 }] })
    cancel()
    expect(await tellShop('cancel-sale')).toMatchObject({ ok: true })
    cancel()
    expect(await tellShop('cancel-sale:2')).toMatchObject({ ok: true })
    expect(shop.held().units).toEqual([1, 1])
    for (const { body, headers } of shop.world.deliveries) {
      if (headers['x-shopify-topic'] === 'orders/updated') story.captured(orderOf(webhook(body)))
    }
    expect(story.intent('cancel-sale:3')).toBeUndefined()
    expect(story.exceptions()).toEqual([])
  })

  test('an order cancelled here is cancelled there, and the shop’s word changes nothing more', async () => {
    const { shop, story, tellShop } = await told()
    story.command({ do: 'cancel', reason: 'the customer called' })
    expect(await tellShop('cancel-sale')).toMatchObject({ error: { next: 'doubt' } })
    await shop.shop.tick?.()
    expect(await tellShop('cancel-sale')).toMatchObject({ ok: true })
    story.captured(orderOf(webhook(shop.world.deliveries.at(-1)?.body ?? '')))
    expect(story.intent('cancel-sale:2')).toBeUndefined()
    expect(story.status).toBe('cancelled')
    expect(shop.held()).toMatchObject({ cancelled: true, status: 'REFUNDED', total: '0.0' })
  })
})
