import { dueAt } from '../../domain/order/state.ts'
import { madeUpOrder } from '../../local/demo/made-up-orders.ts'
import { patience } from '../../local/demo/patience.ts'
import { ordersIn, prove, unfinished } from '../../local/demo/proof.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { twin as mirakl } from '../../twins/mirakl/twin.ts'
import { twin as shopify } from '../../twins/shopify/twin.ts'
import { connectionTo } from '../support/connections.ts'
import { text } from '../support/fixtures.ts'
import { orderId, policy, shop } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'
import { memoryWorld } from '../support/twin-world.ts'

const marketplace = ConnectionId.parse('mirakl/marketplace')

/** A store and a marketplace with an order each. */
async function channels() {
  const store = shopify(memoryWorld({ shop: 'demo-store.myshopify.com', location: '70000000001' }))
  const operator = mirakl(memoryWorld({ host: 'example.mirakl.net', taxMode: 'TAX_INCLUDED' }))
  const taken = [
    await store.takeOrder?.(madeUpOrder(0, 5_000n, new Date()), false),
    await operator.takeOrder?.(text('mirakl', 'to-ship.wire.json'), false),
  ]
  expect(taken.map((reply) => reply?.status)).toEqual([201, 201])
  return [
    { connection: connectionTo(shop), twin: store },
    { connection: connectionTo(marketplace), twin: operator },
  ]
}

describe('orders of any channel are counted', () => {
  test('those that the ledger does not know are lost once they are late, and under way before', async () => {
    const twins = await channels()
    expect(prove([], twins)).toMatchObject({ captured: 0, lost: 2, underWay: 0, ok: false })
    const isLate = () => false
    expect(prove([], twins, { isLate })).toMatchObject({ lost: 0, underWay: 2, ok: true })
    const isOfStore = (id: string) => id.startsWith('shopify_')
    expect(prove([], twins, { isLate: isOfStore })).toMatchObject({
      lost: 1,
      underWay: 1,
      ok: false,
    })
  })

  test('each belongs to its own connection', async () => {
    const ids = [...ordersIn([], await channels())]
    expect(ids.map((id) => id.split('_').slice(0, 2).join('/'))).toEqual([shop, marketplace])
  })

  test('one that came through the API, to systems that have no twin, is done when the ledger says so', () => {
    const [erp, wms] = [
      ConnectionId.parse('order-api/erp'),
      ConnectionId.parse('generic-webhook/partner'),
    ]
    const story = tellStory({ ...policy, route: () => ({ erp, wms }) })
    story.captured()
    expect([...unfinished([story.state], [])]).toEqual([orderId])
    story.did('create-order')
    story.did('release-order')
    expect([...unfinished([story.state], [])]).toEqual([orderId])
    const proof = prove([story.state], [], { isLate: () => false })
    expect(proof).toMatchObject({ captured: 1, channels: { [shop]: 1 }, underWay: 1, ok: true })
  })

  test('what a message spoke of before its order was known is no order', () => {
    const story = tellStory()
    story.shipped('s1')
    expect([...unfinished([story.state], [])]).toEqual([])
  })
})

describe('nobody gives up before Crossdock does', () => {
  const polled = connectionTo(shop, {
    sweep: { everyMinutes: 1, overlapMinutes: 5, lagSeconds: 5 },
  })

  /** The demo's view of one order, at any second of the order's life. */
  function watch(story: ReturnType<typeof tellStory>) {
    const clock = { now: Date.parse(story.now) }
    const hopes = patience([polled], () => clock.now)
    return {
      at(now: string, heads: readonly OrderState[] = [story.state]) {
        clock.now = Date.parse(now)
        hopes.note([orderId], heads)
        return { mayMove: hopes.mayMove(orderId), isLate: hopes.isLate(orderId) }
      },
    }
  }
  const later = (instant: string, seconds: number): string =>
    new Date(Date.parse(instant) + seconds * 1000).toISOString()

  test('an effect that was forgotten is waited for, each time for longer, while sweeps find what is due', () => {
    const story = tellStory()
    story.captured()
    const view = watch(story)
    let woken = 0
    for (let minute = 0; minute < 60; minute++) {
      expect(view.at(story.now)).toEqual({ mayMove: true, isLate: false })
      const before = story.state.intents['create-order']?.resends ?? 0
      if ((dueAt(story.state) ?? '') <= later(story.now, 60)) story.pass(60)
      else story.wait(60)
      woken += (story.state.intents['create-order']?.resends ?? 0) - before
    }
    expect(woken).toBeGreaterThan(1)
  })

  test('an order that no sweep has found when it was due is lost', () => {
    const story = tellStory()
    story.captured()
    const view = watch(story)
    view.at(story.now)
    const wake = story.state.intents['create-order']?.wakeAt ?? ''
    expect(view.at(later(wake, 600))).toEqual({ mayMove: false, isLate: true })
  })

  test('one that nothing but a distant deadline is left for is waited for no longer, and is not lost', () => {
    const story = tellStory().released()
    const view = watch(story)
    view.at(story.now)
    expect(view.at(later(story.now, 3600))).toEqual({ mayMove: false, isLate: false })
  })

  test('one that the ledger does not know is found by a poll, or lost', () => {
    const story = tellStory()
    const view = watch(story)
    expect(view.at(story.now, [])).toEqual({ mayMove: true, isLate: false })
    expect(view.at(later(story.now, 70), [])).toEqual({ mayMove: true, isLate: false })
    expect(view.at(later(story.now, 600), [])).toEqual({ mayMove: false, isLate: true })
  })
})
