import fc from 'fast-check'
import type { Policy } from '../../domain/order/policy.ts'
import { tries } from '../support/laws.ts'
import { able, lineOf, orderOf, seconds } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

/** A warehouse that knows the set only as one pot and two cups, and the mug by a name of its own. */
function released(sets: number, policy?: Policy) {
  const story = tellStory(policy)
  const lines = [lineOf({ sku: 'SET', quantity: sets }), lineOf({ id: '2', quantity: 1 })] as const
  story.captured(orderOf({ lines: [...lines] }))
  story.did('create-order')
  const components = [
    { sku: 'POT', quantity: 1 },
    { sku: 'CUP', quantity: 2 },
  ]
  story.tell({
    type: 'claim',
    intentId: 'release-order',
    leaseSeconds: 15,
    called: [
      { id: '1', components },
      { id: '2', sku: 'W-MUG' },
    ],
  })
  story.outcome('release-order', 'done')
  return story
}

test('a parcel is read in the warehouse’s own names', () => {
  const story = released(1)
  story.shipped('P1', { 'W-MUG': 1 })
  expect(story.lines()[1]).toEqual([1, 0, 1, 1])
  story.shipped('P2', { MUG: 1 })
  expect(story.exceptions()).toEqual(['unknown-shipment-line:P2'])
})

test('a bundle has left when all its components have, in as many parcels as it takes', () => {
  const story = released(1)
  story.shipped('P1', { POT: 1, CUP: 1 })
  expect(story.lines()[0]).toEqual([1, 0, 1, 0])
  expect(story.intent('post-shipment:P1')).toBeUndefined()
  story.shipped('P2', { CUP: 1 })
  expect(story.lines()[0]).toEqual([1, 0, 1, 1])
  expect(story.state.shipments['P2']?.lines).toEqual([{ id: '1', quantity: 1 }])
  expect(story.intent('post-shipment:P2')).toBe('pending')
})

test('a release is not replaced while a part of its bundle is still to follow, or the whole bundle would leave again', () => {
  const story = released(1, able('cancel-release'))
  story.shipped('P1', { POT: 1 })
  const set = lineOf({ sku: 'SET', quantity: 1 })
  const mug = lineOf({ id: '2', quantity: 1, removed: 1 })
  story.captured(orderOf({ lines: [set, mug], version: seconds(1) }))
  expect(story.intent('cancel-release')).toBeUndefined()
  story.shipped('P2', { CUP: 2 })
  expect(story.intent('cancel-release')).toBe('pending')
})

test('a component too many stands as an exception', () => {
  const story = released(1)
  story.shipped('P1', { POT: 2, CUP: 2 })
  expect(story.exceptions()).toEqual(['over-shipped:P1'])
  expect(story.lines()[0]).toEqual([1, 0, 1, 1])
})

test('however components are dealt into parcels, and in whatever order these come, all bundles leave once', () => {
  const parcels = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat(3)))
  fc.assert(
    fc.property(parcels, ([sets, places]) => {
      const held = [0, 1, 2, 3].map(() => ({ POT: 0, CUP: 0 }))
      for (let i = 0; i < sets * 3; i++) {
        const parcel = held[places.next().value ?? 0]
        if (parcel) parcel[i % 3 === 0 ? 'POT' : 'CUP'] += 1
      }
      const story = released(sets)
      for (const [i, units] of held.entries()) {
        const some = Object.entries(units).filter(([, count]) => count > 0)
        if (some.length > 0) story.shipped(`P${i}`, Object.fromEntries(some))
      }
      expect(story.lines()[0]).toEqual([sets, 0, sets, sets])
      expect(story.exceptions()).toEqual([])
    }),
    tries(300),
  )
})
