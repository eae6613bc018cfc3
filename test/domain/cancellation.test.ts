import { doubt, except, retry } from '../../domain/failure.ts'
import { dueAt } from '../../domain/order/state.ts'
import { able, lineOf, orderOf, seconds } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const ended = { version: seconds(60), cancelledAt: seconds(60), cancelReason: 'customer' }
const cancelled = orderOf(ended)

const plate = lineOf({ id: '2', sku: 'PLATE', quantity: 1, unitPrice: 500, tax: 100 })

test('before posting: nothing is sent', () => {
  const story = tellStory()
  story.captured()
  story.captured(cancelled)
  expect(story.status).toBe('cancelled')
  expect(story.intent('create-order')).toBe('withdrawn')
  expect(story.claimed('create-order').events).toEqual([])
  expect(dueAt(story.state)).toBeUndefined()
})

test('an order that arrives cancelled is captured and cancelled in one step', () => {
  const story = tellStory()
  story.captured(cancelled)
  expect(story.status).toBe('cancelled')
  expect(story.state.intents).toEqual({})
  expect(story.lines()).toEqual([
    [2, 2, 0, 0],
    [1, 1, 0, 0],
  ])
})

test('while posting: the ERP is told once the post has ended', () => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  story.captured(cancelled)
  expect(story.status).toBe('cancelled')
  expect(story.intent('cancel-order')).toBeUndefined()

  story.outcome('create-order', 'done')
  expect(story.intent('cancel-order')).toBe('pending')
  expect(story.intent('release-order')).toBeUndefined()
  story.did('cancel-order')
  expect(dueAt(story.state)).toBeUndefined()
  expect(story.exceptions()).toEqual([])
})

test.each([
  ['came to nothing', retry('unreachable')],
  ['was refused', except('effect-refused', 'no such customer')],
])('while posting: a post that %s is not tried again', (_, failure) => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  story.captured(cancelled)
  story.outcome('create-order', failure)
  story.pass(1_000_000)
  expect(story.intent('create-order')).toBe('withdrawn')
  expect(story.claimed('create-order').events).toEqual([])
  expect(dueAt(story.state)).toBeUndefined()
  expect(story.exceptions()).toEqual([])
})

test('while posting: a cancellation that also changes the order does not wait', () => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  const ask = story.captured({ ...cancelled, lines: [lineOf({ removed: 2 })] }).ask
  expect(ask).toBeUndefined()
  expect(story.state.seen?.version).toBe(cancelled.version)
  expect(story.status).toBe('cancelled')
})

test('while a post is in doubt: it is still looked up', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', doubt('no answer'))
  story.captured(cancelled)
  story.wait(10)
  story.claimed('create-order')
  expect(story.intent('create-order')).toBe('sent')
  story.outcome('create-order', 'done', { during: 'look' })
  expect(story.intent('cancel-order')).toBe('pending')
})

test('after posting: the ERP is informed, the warehouse never gets it', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.captured(cancelled)
  expect(story.status).toBe('cancelled')
  expect(story.intent('release-order')).toBe('withdrawn')
  expect(story.intent('cancel-order')).toBe('pending')
  story.did('cancel-order')
  story.pass(1_000_000)
  expect(dueAt(story.state)).toBeUndefined()
  expect(story.exceptions()).toEqual([])
})

test('after posting: no stage is left open, so the sweeper never comes back', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  expect(story.state.stages['released']).toMatchObject({ closed: false })
  story.captured(cancelled)
  expect(Object.values(story.state.stages).filter(({ closed }) => !closed)).toEqual([])
})

test('while releasing: the cancellation waits, and a failed release is dropped', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.claimed('release-order')
  story.captured(cancelled)
  expect(story.status).toBe('accepted')
  story.outcome('release-order', retry('unreachable'))
  expect(story.status).toBe('cancelled')
  expect(story.intent('release-order')).toBe('withdrawn')
  expect(story.intent('cancel-order')).toBe('pending')
})

describe('while a release is in doubt', () => {
  const inDoubt = () => {
    const story = tellStory()
    story.captured()
    story.did('create-order')
    story.failed('release-order', doubt('no answer'))
    story.captured(cancelled)
    expect(story.state.cancelledAt).toBeUndefined()
    expect(story.exceptions()).toEqual([])
    story.wait(60)
    story.claimed('release-order')
    return story
  }

  test('the cancellation waits for the look-up and happens if nothing is found', () => {
    const story = inDoubt()
    story.outcome('release-order', retry('not made: the order is cancelled'))
    expect(story.status).toBe('cancelled')
  })

  test('the cancellation waits for the look-up and is an exception if the warehouse has the order', () => {
    const story = inDoubt()
    story.outcome('release-order', 'done', { during: 'look' })
    expect(story.exceptions()).toEqual(['cancelled-after-release'])
    expect(story.state.cancelledAt).toBeUndefined()
  })
})

test.each([
  ['while releasing', false],
  ['after release', true],
])('%s: an order the warehouse has stands as an exception', (_, released) => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.claimed('release-order')
  if (released) story.outcome('release-order', 'done')
  story.captured(cancelled)
  if (!released) story.outcome('release-order', 'done')
  expect(story.exceptions()).toEqual(['cancelled-after-release'])
  expect(story.state.exceptions['cancelled-after-release']?.reason).toBe(
    'customer; the warehouse already has it as no of release-order',
  )
  expect(story.state.cancelledAt).toBeUndefined()

  story.shipped('P1', { MUG: 2, PLATE: 1 })
  expect(story.intent('post-shipment:P1')).toBe('pending')
})

test('an order from which every line was removed is cancelled', () => {
  const story = tellStory()
  story.captured()
  story.captured(
    orderOf({
      version: seconds(60),
      lines: [lineOf({ removed: 2 }), lineOf({ id: '2', removed: 2 })],
    }),
  )
  expect(story.status).toBe('cancelled')
  expect(story.state.cancelReason).toBe('every line was removed')
})

test('an order cancelled here but open at the channel is an exception', () => {
  const story = tellStory()
  story.captured(orderOf({ lines: [lineOf({ removed: 2 })] }))
  expect(story.status).toBe('cancelled')
  story.captured(
    orderOf({ version: seconds(60), lines: [lineOf({ removed: 2 }), lineOf({ id: '2' })] }),
  )
  expect(story.exceptions()).toEqual(['amended-after-posting'])
  story.captured(orderOf({ version: seconds(90), lines: [lineOf({ removed: 2 })] }))
  expect(story.exceptions()).toEqual([])
})

test('a parcel of a cancelled order is an exception, not a shipment', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.failed('release-order', retry('unreachable'))
  story.captured(cancelled)
  story.shipped('P1', { MUG: 2 })
  expect(story.exceptions()).toEqual(['over-shipped:P1'])
  expect(story.status).toBe('cancelled')
})

describe('a warehouse that can let go', () => {
  const released = () => {
    const story = tellStory(able('cancel-release', 'amend-order'))
    story.captured()
    story.did('create-order')
    story.did('release-order')
    return story
  }

  test('cancels it, and then the order is cancelled everywhere', () => {
    const story = released()
    story.captured(cancelled)
    expect(story.status).toBe('released')
    expect(story.exceptions()).toEqual([])
    story.did('cancel-release')
    expect(story.status).toBe('cancelled')
    expect(story.intent('cancel-order')).toBe('pending')
    expect(story.intent('release-order:2')).toBeUndefined()
    story.did('cancel-order')
    expect(dueAt(story.state)).toBeUndefined()
  })

  test('is asked first: until it answers, the ERP is not told to cancel units that may still ship', () => {
    const story = released()
    story.captured(orderOf({ ...ended, lines: [lineOf({ removed: 2 }), plate] }))
    expect(story.intent('cancel-release')).toBe('pending')
    expect(story.intent('amend-order')).toBeUndefined()
  })

  test('is too late: the order ships, and an exception is raised', () => {
    const story = released()
    story.captured(cancelled)
    story.failed('cancel-release', except('effect-refused', 'it is packed'))
    expect(story.exceptions()).toContain('cancelled-after-release')
    story.shipped('P1', { MUG: 2, PLATE: 1 })
    expect(story.state.cancelledAt).toBeUndefined()
    expect(story.status).toBe('shipped')
    expect(story.intent('cancel-order')).toBeUndefined()
  })

  test('ships part of it meanwhile: shipped units are billed, the rest is cancelled', () => {
    const story = released()
    story.captured(cancelled)
    story.claimed('cancel-release')
    story.shipped('P1', { MUG: 1 })
    story.outcome('cancel-release', 'done')
    expect(story.lines()).toEqual([
      [2, 1, 1, 1],
      [1, 1, 0, 0],
    ])
    expect(story.intent('cancel-order')).toBeUndefined()
    story.did('amend-order')
    story.did('post-shipment:P1')
    story.did('confirm-shipment:P1')
    expect(story.status).toBe('complete')
  })

  test('an order that shipped and was taken back by the channel is a refund without a return', () => {
    const story = released()
    story.shipped('P1', { MUG: 2, PLATE: 1 })
    const gone = [
      lineOf({ removed: 2 }),
      lineOf({ id: '2', sku: 'PLATE', quantity: 1, removed: 1 }),
    ]
    story.captured(orderOf({ ...ended, lines: gone }))
    expect(story.exceptions()).toEqual(['cancelled-after-release', 'refunded-without-return'])
    expect(story.state.cancelledAt).toBeUndefined()
  })
})

describe('a person cancels', () => {
  test('the whole order: every system and the channel are informed', () => {
    const story = tellStory(able('cancel-sale'))
    story.captured()
    story.did('create-order')
    story.command({ do: 'cancel', reason: 'the customer called' })
    expect(story.status).toBe('cancelled')
    expect(story.intent('cancel-order')).toBe('pending')
    story.did('cancel-sale')
    story.captured(cancelled)
    expect(story.intent('cancel-sale:2')).toBeUndefined()
    expect(story.exceptions()).toEqual([])
  })

  test('some units: the channel is informed once the warehouse can no longer ship them', () => {
    const story = tellStory(able('cancel-sale', 'amend-order', 'amend-release'))
    story.captured()
    story.did('create-order')
    story.did('release-order')
    story.command({ do: 'cancel', reason: 'out of stock', lines: [{ id: '1', quantity: 1 }] })
    expect(story.lines()[0]).toEqual([2, 1, 2, 0])
    expect(story.intent('cancel-sale')).toBeUndefined()
    story.did('amend-release')
    expect(story.intent('cancel-sale')).toBe('pending')
    story.did('cancel-sale')
    story.captured(orderOf({ version: seconds(60), lines: [lineOf({ removed: 1 }), plate] }))
    expect(story.lines()[0]).toEqual([2, 1, 1, 0])
    expect(story.intent('cancel-sale:2')).toBeUndefined()
  })

  test("if the channel's API cannot, a person cancels there, and the channel’s next message clears the exception", () => {
    const story = tellStory()
    story.captured()
    story.command({ do: 'cancel', reason: 'sorry' })
    expect(story.exceptions()).toEqual(['cancel-at-channel'])
    const gone = [lineOf({ removed: 2 }), { ...plate, removed: 1 }]
    story.captured(orderOf({ ...ended, lines: gone }))
    expect(story.exceptions()).toEqual([])
  })

  test('the second time nothing is left to do', () => {
    const story = tellStory()
    story.captured()
    story.command({ do: 'cancel', reason: 'sorry' }, 'c1')
    expect(story.command({ do: 'cancel', reason: 'sorry' }, 'c1').events).toEqual([])
    expect(story.command({ do: 'cancel', reason: 'sorry' }, 'c2').events).toEqual([])
  })

  test('one more unit while the channel is being informed: that one is reported too', () => {
    const story = tellStory(able('cancel-sale', 'amend-order'))
    story.captured()
    story.command({ do: 'cancel', reason: 'sorry', lines: [{ id: '1', quantity: 1 }] }, 'c1')
    story.claimed('cancel-sale')
    story.command({ do: 'cancel', reason: 'sorry', lines: [{ id: '2', quantity: 1 }] }, 'c2')
    story.outcome('cancel-sale', 'done')
    expect(story.intent('cancel-sale:2')).toBe('pending')
  })
})
