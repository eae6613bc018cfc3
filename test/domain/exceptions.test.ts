import { except, halt } from '../../domain/failure.ts'
import type { Policy } from '../../domain/order/policy.ts'
import { dueAt } from '../../domain/order/state.ts'
import { erp, lineOf, orderOf, policy, seconds, shop } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const newer = (change: Parameters<typeof orderOf>[0]) =>
  orderOf({ version: seconds(60), ...change })

test('an order without a SKU is held until a newer snapshot has one', () => {
  const story = tellStory()
  const { sku: _, ...nameless } = lineOf()
  story.captured(orderOf({ lines: [nameless] }))
  expect(story.exceptions()).toEqual(['missing-sku'])
  expect(story.state.exceptions['missing-sku']).toMatchObject({
    owner: 'commerce',
    reason: 'line 1: no SKU at the channel (a deleted product or a custom item)',
  })
  expect(story.state.intents).toEqual({})

  story.captured(newer({ lines: [lineOf()] }))
  expect(story.exceptions()).toEqual([])
  expect(story.intent('create-order')).toBe('pending')
})

test('a mismatch is explained to the cent', () => {
  const story = tellStory()
  story.captured(orderOf({ total: 2899 }))
  expect(story.state.exceptions['money-mismatch']?.reason).toBe(
    "the channel's total is 28.99 USD, but its parts (lines 25.00, shipping 3.00, tax 1.00) add up to 29.00: difference -0.01",
  )
  expect(story.state.intents).toEqual({})
})

test('a test order is held where the settings say so, and only there', () => {
  const held = tellStory()
  held.captured(orderOf({ test: true }))
  expect(held.exceptions()).toEqual(['test-order'])
  held.pass(1_000_000)
  expect(held.intent('create-order')).toBeUndefined()

  const accepted = tellStory({ ...policy, holdsTestOrders: () => false })
  accepted.captured(orderOf({ test: true }))
  expect(accepted.intent('create-order')).toBe('pending')
})

test('an order that no route matches waits for one', () => {
  const story = tellStory({ ...policy, route: () => undefined })
  story.captured()
  expect(story.exceptions()).toEqual(['no-route'])
  expect(story.state.intents).toEqual({})
})

test('an order that no route matched goes on when the settings have one', () => {
  const settings: Policy = { ...policy, route: () => undefined }
  const story = tellStory(settings)
  story.captured()
  expect(dueAt(story.state)).toBeDefined()
  Object.assign(settings, { route: policy.route })
  story.pass(900)
  expect(story.exceptions()).toEqual([])
  expect(story.intent('create-order')).toBe('pending')
})

test('a newer version of the same order finds the route that the settings have now', () => {
  const settings: Policy = { ...policy, route: () => undefined }
  const story = tellStory(settings)
  story.captured()
  Object.assign(settings, { route: policy.route })
  story.captured(newer({}))
  expect(story.exceptions()).toEqual([])
  expect(story.intent('create-order')).toBe('pending')
})

test('the same message again is judged by the settings of now', () => {
  const settings = { ...policy, holdsTestOrders: () => true }
  const story = tellStory(settings)
  story.captured(orderOf({ test: true }))
  Object.assign(settings, { holdsTestOrders: () => false })
  story.captured(orderOf({ test: true }))
  expect(story.exceptions()).toEqual([])
  expect(story.intent('create-order')).toBe('pending')
})

test('a dead letter stands under the effect it was about until that is done', () => {
  const story = tellStory()
  story.captured()
  const reason = 'TypeError: x is not a function'
  story.tell({ type: 'dead-letter', connection: erp, subject: 'create-order', reason })
  expect(story.exceptions()).toEqual(['dead-letter:create-order'])
  expect(
    story.tell({ type: 'dead-letter', connection: erp, subject: 'create-order', reason }).events,
  ).toEqual([])
  story.did('create-order')
  expect(story.exceptions()).toEqual([])
})

test('an order without an address is held only if something has to be shipped', () => {
  const story = tellStory()
  story.captured(orderOf({ people: {} }))
  expect(story.exceptions()).toEqual(['missing-address'])

  const gift = tellStory()
  gift.captured(orderOf({ people: {}, lines: [lineOf({ giftCard: true, shippable: false })] }))
  expect(gift.exceptions()).toEqual([])
})

test('what the channel fulfilled itself goes to the ERP and never to the warehouse', () => {
  const story = tellStory()
  story.captured(orderOf({ lines: [lineOf({ fulfilled: 2 })], people: {} }))
  expect(story.exceptions()).toEqual([])
  story.did('create-order')
  expect(story.status).toBe('complete')
  expect(story.intent('release-order')).toBeUndefined()
})

test('of an order that the channel fulfils in part, the warehouse gets the rest', () => {
  const story = tellStory()
  const own = lineOf({ id: '2', sku: 'PLATE', quantity: 1, fulfilledByChannel: true })
  story.captured(orderOf({ lines: [lineOf({ fulfilled: 1 }), own] }))
  story.did('create-order')
  story.did('release-order')
  expect(story.lines()).toEqual([
    [2, 0, 1, 0],
    [1, 0, 0, 0],
  ])
  story.shipped('P1', { MUG: 1 })
  expect(story.status).toBe('shipped')
})

test('what somebody else fulfilled while the warehouse has it may be sent twice', () => {
  const story = tellStory().released()
  const plate = lineOf({ id: '2', sku: 'PLATE', quantity: 1, unitPrice: 500, tax: 100 })
  story.captured(newer({ lines: [lineOf({ fulfilled: 2 }), plate] }))
  expect(story.exceptions()).toEqual(['already-fulfilled'])
})

test('what we fulfilled ourselves is no reason to worry', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 2 })
  const plate = lineOf({ id: '2', sku: 'PLATE', quantity: 1, unitPrice: 500, tax: 100 })
  story.captured(newer({ lines: [lineOf({ fulfilled: 2 }), plate] }))
  expect(story.exceptions()).toEqual([])
})

test('a refusal stands until the system takes it, and is tried again by itself', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', except('effect-refused', 'unknown tax code'))
  expect(story.exceptions()).toEqual(['effect-refused:create-order'])
  expect(story.intent('create-order')).toBe('refused')

  story.pass(3601)
  expect(story.intent('create-order')).toBe('pending')
  story.did('create-order')
  expect(story.exceptions()).toEqual([])
})

test.each(['missing-sku', 'missing-address', 'money-mismatch'] as const)(
  'a system that refuses for %s is asked again, because its own refusal does not hold the order',
  (code) => {
    const story = tellStory()
    story.captured()
    story.failed('create-order', except(code, 'not so'))
    expect(story.exceptions()).toEqual([`${code}:create-order`])
    story.captured(newer({ number: '#1001-a', lines: [lineOf()] }))
    expect(story.count('effect.requested')).toBe(2)
    story.did('create-order')
    expect(story.exceptions()).toEqual([])
  },
)

test('halted credentials stand as an exception until an attempt gets through', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', halt('the token is revoked'))
  expect(story.exceptions()).toEqual(['connection-halted:create-order'])
  expect(story.claimed('create-order').events).toEqual([])
  story.wait(901)
  story.did('create-order')
  expect(story.exceptions()).toEqual([])
})

test.each([
  'unreadable-payload',
  'order-not-found',
  'connection-halted',
  'money-mismatch',
  'effect-refused',
] as const)('a message that could not be read stands as %s until a snapshot comes', (code) => {
  const story = tellStory()
  story.unreadable(code)
  expect(Object.values(story.state.exceptions).map((e) => e.code)).toEqual([code])
  expect(story.unreadable(code).events).toEqual([])
  expect(story.status).toBe('expected')
  story.captured()
  expect(story.exceptions()).toEqual([])
  expect(story.intent('create-order')).toBe('pending')
})

test('a warehouse that holds an order is heard once, and until everything has left', () => {
  const story = tellStory().released()
  story.held('address unknown')
  expect(story.held('address unknown').events).toEqual([])
  expect(story.exceptions()).toEqual(['warehouse-hold'])
  story.shipped('P1', { MUG: 2 })
  expect(story.exceptions()).toEqual(['warehouse-hold'])
  story.shipped('P2', { PLATE: 1 })
  expect(story.exceptions()).toEqual([])
})

test('a hold on the rest of a partly shipped order is not lost', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 2 })
  story.held('out of plates')
  expect(story.exceptions()).toEqual(['warehouse-hold'])
})

test('every exception has an owner and a deadline', () => {
  const story = tellStory()
  story.captured(orderOf({ total: 1 }))
  expect(story.state.exceptions['money-mismatch']).toMatchObject({
    owner: 'finance',
    raisedAt: seconds(0),
    deadline: seconds(8 * 3600),
  })
})

test('what could not be fetched is over once the same order is fetched, not when an old body is repeated', () => {
  const story = tellStory()
  story.captured(orderOf(), 'fetched')
  story.unreadable('connection-halted')
  story.captured()
  expect(story.exceptions()).toEqual(['connection-halted:message'])
  story.captured(orderOf(), 'fetched')
  expect(story.exceptions()).toEqual([])
})

test('a dead letter is over once it is redriven and brings nothing new, not when a later message does', () => {
  const story = tellStory()
  story.captured()
  const receivedAt = seconds(10)
  story.wait(60)
  const died = { connection: shop, subject: 'message', reason: 'throttled' } as const
  story.tell({ type: 'dead-letter', ...died })
  story.wait(60)
  story.captured()
  expect(story.exceptions()).toEqual(['dead-letter:message'])
  story.tell({ type: 'snapshot', order: orderOf(), authority: 'body', receivedAt })
  expect(story.exceptions()).toEqual([])
})

test('an exception that goes on for the same reason keeps its age', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', except('effect-refused', 'unknown tax code'))
  const known = story.state.exceptions['effect-refused:create-order']
  story.pass(3601)
  story.failed('create-order', except('effect-refused', 'unknown tax code'))
  expect(story.state.exceptions['effect-refused:create-order']).toEqual(known)
})
