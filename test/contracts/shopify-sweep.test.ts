import { shopify } from '../../connectors/shopify/index.ts'
import type { Window } from '../../domain/poll.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { text } from '../support/fixtures.ts'
import { orderOf, shopifyAccount, webhook } from '../support/shopify.ts'

const paid = JSON.parse(text('shopify', 'paid-order.wire.json'))
const bodyOf = (id: number, change: object = {}) =>
  JSON.stringify({ ...paid, id, admin_graphql_api_id: null, ...change })
const window = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T11:00:00.000Z' }

type Stage = ReturnType<typeof shopifyAccount>

async function page({ account }: Stage, of: Window) {
  const answer = await shopify.sweep?.(account, of)
  if (!answer?.ok) throw new Error(`no page: ${JSON.stringify(answer?.error)}`)
  const orders = answer.value.deliveries.map(
    ({ body }): Order => orderOf({ ...webhook(body), via: 'sweep' }),
  )
  return { orders, cursor: answer.value.cursor }
}

/** Every order of a window; `between` happens after each page. */
async function sweepAll(
  stage: Stage,
  of: Window,
  between: () => Promise<unknown> = async () => {},
) {
  const found: Order[] = []
  let cursor: string | undefined
  do {
    const next = await page(stage, { ...of, ...(cursor && { cursor }) })
    found.push(...next.orders)
    cursor = next.cursor
    await between()
  } while (cursor)
  return found
}

test('a cancellation that nobody announced is found', async () => {
  const stage = shopifyAccount()
  await stage.shop.takeOrder?.(bodyOf(1), true)
  stage.pass(3600)
  const cancelled_at = '2026-11-21T10:59:00Z'
  await stage.shop.takeOrder?.(bodyOf(1, { cancelled_at, updated_at: cancelled_at }), false)
  const [order, ...others] = await sweepAll(stage, {
    from: '2026-11-21T10:30:00.000Z',
    to: window.to,
  })
  expect(others).toEqual([])
  expect(order).toMatchObject({
    cancelledAt: '2026-11-21T10:59:00.000Z',
    version: '2026-11-21T10:59:00.000Z',
  })
})

test('orders that move while they are read are read in their new place, and none is missed', async () => {
  const stage = shopifyAccount()
  for (let id = 1; id <= 30; id++) {
    await stage.shop.takeOrder?.(bodyOf(id), false)
    stage.pass(1)
  }
  let moved = 0
  const found = await sweepAll(stage, window, async () => {
    moved++
    if (moved > 3) return
    stage.pass(1)
    await stage.shop.takeOrder?.(bodyOf(moved * 9, { updated_at: '2026-11-03T00:00:00Z' }), false)
  })
  const ids = found.map(({ channelOrderId }) => Number(channelOrderId))
  expect(new Set(ids)).toEqual(new Set(Array.from({ length: 30 }, (_, n) => n + 1)))
  const latest = new Map(found.map((order) => [order.channelOrderId, order.version]))
  expect([9, 18, 27].map((id) => latest.get(String(id)))).toEqual(
    [9, 18, 27].map(() => '2026-11-03T00:00:00.000Z'),
  )
})

test('a window that failed half-way is read again from its beginning or from where it stopped', async () => {
  const stage = shopifyAccount()
  for (let id = 1; id <= 20; id++) await stage.shop.takeOrder?.(bodyOf(id), false)
  const first = await page(stage, window)
  stage.account.misbehave('unavailable')
  expect(
    await shopify.sweep?.(stage.account, { ...window, cursor: first.cursor ?? '' }),
  ).toMatchObject({
    ok: false,
    error: { next: 'retry' },
  })
  const rest = await sweepAll(stage, { ...window, cursor: first.cursor ?? '' })
  expect([...first.orders, ...rest]).toHaveLength(20)
  expect(await sweepAll(stage, window)).toHaveLength(20)
})

test('the hour that daylight saving repeats does not turn versions round', () => {
  const summer = orderOf(webhook(bodyOf(1, { updated_at: '2026-11-01T01:59:59-04:00' })))
  const winter = orderOf(webhook(bodyOf(1, { updated_at: '2026-11-01T01:00:00-05:00' })))
  expect(winter.version > summer.version).toBe(true)
  const spring = ['2026-03-29T01:59:59+01:00', '2026-03-29T03:00:00+02:00'].map(
    (updated_at) => orderOf(webhook(bodyOf(1, { updated_at }))).version,
  )
  expect(spring).toEqual(['2026-03-29T00:59:59.000Z', '2026-03-29T01:00:00.000Z'])
})

test('webhook and sweep agree on a version whatever the offset it is written with', async () => {
  const stage = shopifyAccount()
  const body = bodyOf(1, { updated_at: '2026-11-01T01:30:00-04:00' })
  await stage.shop.takeOrder?.(body, false)
  const [swept] = await sweepAll(stage, window)
  expect(swept?.version).toBe('2026-11-01T05:30:00.000Z')
  expect(swept?.version).toBe(orderOf(webhook(body)).version)
})

test('a shop whose clock is ahead is read when our clock gets there, and its versions are its own', async () => {
  const stage = shopifyAccount()
  const ahead = '2026-11-21T10:02:00Z'
  await stage.shop.takeOrder?.(bodyOf(1, { updated_at: ahead }), false)
  expect(await sweepAll(stage, { from: window.from, to: '2026-11-21T10:00:30.000Z' })).toEqual([])
  const next = { from: '2026-11-21T09:55:30.000Z', to: '2026-11-21T10:05:30.000Z' }
  expect(await sweepAll(stage, next)).toMatchObject([{ version: '2026-11-21T10:02:00.000Z' }])
})

test('versions do not depend on when a body arrived', () => {
  const early = { ...webhook(bodyOf(1)), receivedAt: '2020-01-01T00:00:00.000Z' }
  const late = { ...webhook(bodyOf(1)), receivedAt: '2030-01-01T00:00:00.000Z' }
  expect(orderOf(early)).toEqual(orderOf(late))
})
