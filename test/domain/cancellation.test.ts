import { doubt, except, retry } from '../../domain/failure.ts'
import { dueAt } from '../../domain/order/state.ts'
import { lineOf, orderOf, seconds } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const cancelled = orderOf({
  version: seconds(60),
  cancelledAt: seconds(60),
  cancelReason: 'customer',
})

test('before posting: nothing is ever sent', () => {
  const story = tellStory()
  story.captured()
  story.captured(cancelled)
  expect(story.status).toBe('cancelled')
  expect(story.intent('create-order')).toBe('withdrawn')
  expect(story.claimed('create-order').events).toEqual([])
  expect(dueAt(story.state)).toBeUndefined()
})

test('known at first sight: captured and cancelled in one', () => {
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

test('while posting: a version that also changed the order is not waited for', () => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  const ask = story.captured({ ...cancelled, lines: [lineOf({ removed: 2 })] }).ask
  expect(ask).toBeUndefined()
  expect(story.state.seen?.version).toBe(cancelled.version)
  expect(story.status).toBe('cancelled')
})

test('while a post is in doubt: the doubt is still cleared up', () => {
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

test('after posting: the ERP is told, the warehouse never hears of it', () => {
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

test('while releasing: it waits for the end, and a release that came to nothing is dropped', () => {
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

test('an order that lives on at the channel after it was cancelled here stands as an exception', () => {
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
