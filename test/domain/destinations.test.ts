import type { Order } from '../../schemas/canonical/order.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { able, orderOf, seconds } from '../support/orders.ts'
import { type Story, tellStory } from '../support/story.ts'

const shipTo = { name: 'A. Recipient', address1: 'Street 9', city: 'Town', countryCode: 'DE' }
const changed = (change: Partial<Order>): Order => orderOf({ version: seconds(60), ...change })
const moved = changed({ people: { shipTo } })
const express = changed({ shipping: [{ title: 'Express', price: 300, discount: 0, tax: 0 }] })
const noted = changed({ people: { ...orderOf().people, note: 'Ring twice' } })

const released = (effect: EffectName): Story => {
  const story = tellStory(able('amend-order', effect))
  story.captured()
  story.did('create-order')
  story.did('release-order')
  return story
}

const units = { MUG: 2, PLATE: 1 }

test.each([
  ['another address', moved],
  ['another shipping method', express],
  ['another note', noted],
])('%s while parcels leave is an exception until a person resolves it', (_, order) => {
  const story = released('cancel-release')
  story.captured(order)
  story.claimed('cancel-release')
  story.shipped('P1', units)
  story.outcome('cancel-release', { next: 'except', code: 'effect-refused', reason: 'it has left' })
  expect(story.exceptions()).toContain('shipped-before-change')
  expect(story.state.exceptions['shipped-before-change']?.reason).toMatch(/parcel P1 left/)
})

test('an address change is noticed whether the parcel or the change arrives first', () => {
  const story = released('cancel-release')
  story.shipped('P1', units)
  story.captured(moved)
  expect(story.exceptions()).toEqual(['shipped-before-change'])
  story.captured({ ...orderOf(), version: seconds(120) })
  expect(story.exceptions()).toEqual([])
})

test('a note written after the parcel left raises no exception', () => {
  const story = released('cancel-release')
  story.shipped('P1', units)
  story.captured(noted)
  expect(story.exceptions()).toEqual([])
})

test('a change that the warehouse had before the parcel left raises no exception', () => {
  const story = released('amend-release')
  story.captured(moved)
  story.did('amend-release')
  story.shipped('P1', units)
  expect(story.exceptions()).toEqual([])
})

test('of two releases each parcel is judged by its own', () => {
  const story = released('cancel-release')
  story.captured(moved)
  story.did('cancel-release')
  story.did('release-order:2')
  const parcel = (id: string, warehouseOrder: string) => ({
    id,
    lines: [{ sku: 'MUG', quantity: 1 }],
    shippedAt: seconds(90),
    warehouseOrder,
  })
  story.shipped(parcel('P2', 'id of release-order:2'))
  expect(story.exceptions()).toEqual([])
  story.shipped(parcel('P1', 'id of release-order'))
  expect(story.state.exceptions['shipped-before-change']?.reason).toMatch(/parcel P1 left/)
})

test('an address that changes back raises no exception, and neither do cancelled units', () => {
  const story = released('cancel-release')
  const [mug, plate] = orderOf().lines
  const fewer = Object([{ ...mug, removed: 1 }, plate])
  story.captured(changed({ lines: fewer }))
  story.shipped('P1', { MUG: 1, PLATE: 1 })
  expect(story.exceptions()).not.toContain('shipped-before-change')
})
