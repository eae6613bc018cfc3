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
] as const)('while a post is running: the ERP is then updated, %s', (_, during, amend) => {
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

test('after a doubt: a document that is found counts as the earlier attempt requested it', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.failed('create-order', doubt('no answer'))
  story.captured(edited)
  story.wait(60)
  story.claimed('create-order')
  story.outcome('create-order', 'done', { during: 'look' })
  expect(story.intent('amend-order')).toBe('pending')
})

test('after a doubt: an order that was not there is created with the newest terms', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.failed('create-order', doubt('no answer'))
  story.captured(edited)
  story.wait(60)
  story.did('create-order')
  expect(story.intent('amend-order')).toBeUndefined()
})

test('after posting: each change is sent to the ERP, unless it is reverted first', () => {
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

test('after posting: a refused amendment raises an exception, and a newer one is tried at once', () => {
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

test('after a release in doubt, the warehouse may have the most that was requested', () => {
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
  ])('a warehouse that accepts changes gets them: %s', (_, order) => {
    const story = released('amend-release')
    story.captured(order)
    story.did('amend-release')
    expect(story.state.acknowledged.wms).toBe(desiredDigest(story.state, 'wms'))
    expect(story.exceptions()).toEqual([])
  })

  test('a change that concerns only the ERP is not sent to the warehouse', () => {
    const story = released('amend-release')
    story.captured(orderOf({ version: seconds(60), lines: [lineOf({ unitPrice: 900 })] }))
    expect(story.intent('amend-order')).toBe('pending')
    expect(story.intent('amend-release')).toBeUndefined()
  })

  test('a warehouse that can only cancel gets a new release of the rest', () => {
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

  test('if the warehouse can neither change nor cancel, a person must act', () => {
    const story = released()
    story.captured(moved)
    expect(story.exceptions()).toEqual(['amended-after-release'])
    story.command({ do: 'resolve', code: 'amended-after-release', subject: '', note: 'by phone' })
    expect(story.exceptions()).toEqual([])
  })

  test('if the warehouse refuses a change, a person can retry it', () => {
    const story = released('amend-release')
    story.captured(moved)
    story.failed('amend-release', except('effect-refused', 'it is packed'))
    expect(story.exceptions()).toEqual(['amended-after-release', 'effect-refused:amend-release'])
    story.command({ do: 'retry' })
    story.did('amend-release')
    expect(story.exceptions()).toEqual([])
  })

  test('changes after everything has shipped are not sent to the warehouse', () => {
    const story = released('amend-release')
    story.shipped('P1', { MUG: 2 })
    story.captured(moved)
    expect(story.intent('amend-release')).toBeUndefined()
  })

  test('units removed after they left are a refund without a return, in any order of messages', () => {
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

test('after posting: a person must compare, and the release is blocked until then', () => {
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

test('a newer version without changes is only recorded', () => {
  const story = tellStory()
  story.captured()
  const { events } = story.captured(orderOf({ version: seconds(60) }))
  expect(events.map(({ type }) => type)).toEqual(['order.seen'])
})

test('a newer version with only another payment method needs no effect', () => {
  const story = tellStory()
  story.captured()
  const { events } = story.captured(orderOf({ version: seconds(60), payment: 'authorized' }))
  expect(events.map(({ type }) => type)).toEqual(['order.amended'])
})

test('of two different bodies of one second, the fetched order counts', () => {
  const story = tellStory()
  story.captured()
  const other = orderOf({ lines: [lineOf({ quantity: 3 })] })
  expect(story.captured(other)).toMatchObject({ ask: 'fetch', events: [] })
  story.captured(other, 'fetched')
  expect(story.lines()).toEqual([[3, 0, 0, 0]])
  expect(story.captured(other).events).toEqual([])
  expect(story.captured(other, 'fetched').events).toEqual([])
})

test('the sequence of a document’s fields does not matter', () => {
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
