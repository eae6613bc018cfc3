import { doubt, except } from '../../domain/failure.ts'
import { desiredDigest } from '../../domain/order/state.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { able, lineOf, orderOf, seconds } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const edited = orderOf({ version: seconds(60), lines: [lineOf({ quantity: 3 })] })

test('before posting: the ERP gets the newest order', () => {
  const story = tellStory()
  story.captured()
  const { events } = story.captured(edited)
  expect(events.map(({ type }) => type)).toContain('order.amended')
  expect(story.lines()).toEqual([[3, 0, 0, 0]])
  story.did('create-order')
  expect(story.exceptions()).toEqual([])
})

test.each([
  ['made at once', 'make', 'amend-order'],
  ['found from before', 'look', 'amend-order'],
] as const)('while a post is on its way: the ERP is brought up to date, %s', (_, during, amend) => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.claimed('create-order')
  story.captured(edited)
  expect(story.intent(amend)).toBeUndefined()
  story.outcome('create-order', 'done', { during })
  expect(story.intent(amend)).toBe('pending')
  story.did(amend)
  expect(story.state.acknowledged.erp).toBe(desiredDigest(story.state, 'erp'))
  expect(story.exceptions()).toEqual([])
})

test('after a doubt: what the earlier attempt may have told counts when it is found, not what would be told now', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.failed('create-order', doubt('no answer'))
  story.captured(edited)
  story.wait(60)
  story.claimed('create-order')
  story.outcome('create-order', 'done', { during: 'look' })
  expect(story.intent('amend-order')).toBe('pending')
})

test('after a doubt: an order that was surely not there and is made now has the newest terms', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.failed('create-order', doubt('no answer'))
  story.captured(edited)
  story.wait(60)
  story.did('create-order')
  expect(story.intent('amend-order')).toBeUndefined()
})

test('after posting: each change is brought to the ERP, and one taken back before it was sent is not', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.did('create-order')
  story.captured(edited)
  story.captured(orderOf({ version: seconds(120) }))
  expect(story.intent('amend-order')).toBe('withdrawn')
  story.captured(orderOf({ version: seconds(180), lines: [lineOf({ quantity: 4 })] }))
  story.did('amend-order:2')
  story.captured(orderOf({ version: seconds(240) }))
  story.did('amend-order:3')
  expect(story.exceptions()).toEqual([])
  expect(story.state.acknowledged.erp).toBe(desiredDigest(story.state, 'erp'))
})

test('after posting: an amendment that the ERP refuses stands, and a newer one is tried at once', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.did('create-order')
  story.captured(edited)
  story.failed('amend-order', except('effect-refused', 'the period is closed'))
  expect(story.exceptions()).toEqual(['effect-refused:amend-order'])
  story.captured(orderOf({ version: seconds(120), lines: [lineOf({ quantity: 1 })] }))
  expect(story.intent('amend-order')).toBe('pending')
  story.did('amend-order')
  expect(story.exceptions()).toEqual([])
})

test('after posting: a person who changed it in the ERP resolves the exception, until it changes again', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.captured(edited)
  story.command({ do: 'resolve', code: 'amended-after-posting', subject: '', note: 'done there' })
  expect(story.exceptions()).toEqual([])
  story.did('release-order')
  expect(story.lines()).toEqual([[3, 0, 3, 0]])
  story.captured(orderOf({ version: seconds(120) }))
  expect(story.exceptions()).toContain('amended-after-posting')
})

test('of a release in doubt the warehouse may have the most that was asked of it', () => {
  const story = tellStory(able('amend-release'))
  story.captured(orderOf({ lines: [lineOf()] }))
  story.did('create-order')
  story.failed('release-order', doubt('no answer'))
  story.captured(orderOf({ version: seconds(60), lines: [lineOf({ removed: 1 })] }))
  story.wait(60)
  story.claimed('release-order')
  story.outcome('release-order', 'done', { during: 'look' })
  expect(story.lines()).toEqual([[2, 1, 2, 0]])
  expect(story.intent('amend-release')).toBe('pending')
})

describe('after release', () => {
  const fewer = orderOf({ version: seconds(60), lines: [lineOf({ removed: 1 })] })
  const moved = orderOf({
    version: seconds(60),
    lines: [lineOf()],
    people: { shipTo: { name: 'B', address1: 'Street 2', city: 'Town', countryCode: 'DE' } },
  })
  const released = (...more: readonly EffectName[]) => {
    const story = tellStory(able('amend-order', ...more))
    story.captured(orderOf({ lines: [lineOf()] }))
    story.did('create-order')
    story.did('release-order')
    return story
  }

  test.each([
    ['units taken back', fewer],
    ['another address', moved],
  ])('a warehouse that takes changes gets them: %s', (_, order) => {
    const story = released('amend-release')
    story.captured(order)
    story.did('amend-release')
    expect(story.state.acknowledged.wms).toBe(desiredDigest(story.state, 'wms'))
    expect(story.exceptions()).toEqual([])
  })

  test('what only the accounts care about is not told to the warehouse', () => {
    const story = released('amend-release')
    story.captured(orderOf({ version: seconds(60), lines: [lineOf({ unitPrice: 900 })] }))
    expect(story.intent('amend-order')).toBe('pending')
    expect(story.intent('amend-release')).toBeUndefined()
  })

  test('a warehouse that only lets go gets the order anew, with what is left of it', () => {
    const story = released('cancel-release')
    story.shipped('P1', { MUG: 1 })
    story.captured(moved)
    story.did('cancel-release')
    expect(story.intent('release-order:2')).toBe('pending')
    story.did('release-order:2')
    expect(story.state.lines[0]).toMatchObject({ shippedEarlier: 1, shipped: 1, released: 2 })
    story.shipped('P2', { MUG: 1 })
    expect(story.status).toBe('shipped')
    // The first parcel went to the address of before.
    expect(story.exceptions()).toEqual(['shipped-before-change'])
  })

  test('a warehouse that does neither leaves it to a person', () => {
    const story = released()
    story.captured(moved)
    expect(story.exceptions()).toEqual(['amended-after-release'])
    story.command({ do: 'resolve', code: 'amended-after-release', subject: '', note: 'by phone' })
    expect(story.exceptions()).toEqual([])
  })

  test('a warehouse that refuses leaves it to a person, who may have it tried again', () => {
    const story = released('amend-release')
    story.captured(moved)
    story.failed('amend-release', except('effect-refused', 'it is packed'))
    expect(story.exceptions()).toEqual(['amended-after-release', 'effect-refused:amend-release'])
    story.command({ do: 'retry' })
    story.did('amend-release')
    expect(story.exceptions()).toEqual([])
  })

  test('when all has left, the warehouse is not told any more', () => {
    const story = released('amend-release')
    story.shipped('P1', { MUG: 2 })
    story.captured(moved)
    expect(story.intent('amend-release')).toBeUndefined()
  })

  test('units taken back after they left are a refund without a return, in whatever order it is learned', () => {
    const tidy = released()
    tidy.shipped('P1', { MUG: 2 })
    tidy.captured(fewer)
    const late = released()
    late.captured(fewer)
    late.shipped('P1', { MUG: 2 })
    for (const story of [tidy, late]) {
      expect(story.exceptions()).toEqual(['refunded-without-return'])
      expect(story.state.lines[0]).toMatchObject({ cancelled: 0, refunded: 1, shipped: 2 })
    }
  })
})

test('after posting: someone has to compare, and nothing is released meanwhile', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.captured(edited)
  expect(story.exceptions()).toEqual(['amended-after-posting'])
  expect(story.claimed('release-order').events).toEqual([])

  story.captured(orderOf({ version: seconds(120) }))
  expect(story.exceptions()).toEqual([])
  story.did('release-order')
  expect(story.status).toBe('released')
})

test('an older version changes nothing', () => {
  const story = tellStory()
  story.captured(edited)
  expect(story.captured().events).toEqual([])
})

test('a newer version with nothing new in it is only remembered', () => {
  const story = tellStory()
  story.captured()
  const { events } = story.captured(orderOf({ version: seconds(60) }))
  expect(events.map(({ type }) => type)).toEqual(['order.seen'])
})

test('a newer version that is only paid otherwise asks nothing of anybody', () => {
  const story = tellStory()
  story.captured()
  const { events } = story.captured(orderOf({ version: seconds(60), payment: 'authorized' }))
  expect(events.map(({ type }) => type)).toEqual(['order.amended'])
})

test('two different bodies of one second: the channel is asked, and its answer counts', () => {
  const story = tellStory()
  story.captured()
  const other = orderOf({ lines: [lineOf({ quantity: 3 })] })
  expect(story.captured(other)).toMatchObject({ ask: 'fetch', events: [] })
  story.captured(other, 'fetched')
  expect(story.lines()).toEqual([[3, 0, 0, 0]])
  expect(story.captured(other).events).toEqual([])
  expect(story.captured(other, 'fetched').events).toEqual([])
})

test('the order of a document’s fields is no difference', () => {
  const story = tellStory()
  story.captured()
  const turned = JSON.parse(JSON.stringify(orderOf()), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toReversed())
      : value,
  )
  const { events, ask } = story.captured(turned)
  expect({ events, ask }).toEqual({ events: [], ask: undefined })
})
