import { retry } from '../../domain/failure.ts'
import { dueAt } from '../../domain/order/state.ts'
import { erp, orderOf, policy, seconds, shop } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

test('the sweeper repeats unanswered effects at growing intervals', () => {
  const story = tellStory()
  story.captured()
  expect(story.pass(299).events).toEqual([])
  expect(story.pass(2).events.map(({ type }) => type)).toEqual(['effect.requested'])
  expect(story.pass(299).events).toEqual([])
  expect(story.state.intents['create-order']?.resends).toBe(1)
})

test('a claim delays the sweeper only if it lasts longer', () => {
  const story = tellStory()
  story.captured()
  const before = dueAt(story.state)
  story.claimed('create-order')
  expect(dueAt(story.state)).toBe(before)
  story.pass(299)
  story.claimed('create-order')
  expect(Date.parse(dueAt(story.state) ?? '')).toBeGreaterThan(Date.parse(before ?? ''))
})

test('the sweeper notices a vanished worker', () => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  expect(story.pass(301).events.map(({ type }) => type)).toEqual(['effect.requested'])
  expect(story.claimed('create-order').events).toMatchObject([{ look: true }])
})

test('overdue is raised once, says why, and clears when it is done', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', retry('netsuite is down'))
  story.pass(901)
  expect(story.exceptions()).toEqual(['overdue:accepted'])
  expect(story.state.exceptions['overdue:accepted']?.reason).toContain('netsuite is down')
  story.pass(10_000)
  expect(story.events.filter((e) => e.type === 'exception.raised')).toHaveLength(1)
  expect(story.count('stage.missed')).toBe(1)

  story.did('create-order')
  expect(story.exceptions()).toEqual([])
  expect(story.events.filter((e) => e.type === 'stage.met')).toMatchObject([{ stage: 'captured' }])
})

test('capturing late is a missed stage and nothing else', () => {
  const story = tellStory()
  const receivedAt = story.now
  story.wait(61)
  story.tell({ type: 'snapshot', order: orderOf(), authority: 'body', receivedAt })
  expect(story.events.filter((e) => e.type === 'stage.missed')).toMatchObject([
    { stage: 'captured' },
  ])
  expect(story.exceptions()).toEqual([])
})

test('an order that waits for an exception only misses its service level', () => {
  const story = tellStory()
  story.captured(orderOf({ test: true }))
  story.pass(1_000_000)
  expect(story.exceptions()).toEqual(['overdue:accepted', 'test-order'])
  expect(dueAt(story.state)).toBeUndefined()
})

test('a sweep before the time changes nothing', () => {
  const story = tellStory().released()
  expect(story.pass(1).events).toEqual([])
})

test('an order without a route is due every quarter of an hour, and in between keeps nobody waiting', () => {
  const story = tellStory({ ...policy, route: () => undefined })
  story.captured()
  story.pass(901)
  for (let i = 0; i < 5; i++) {
    expect(dueAt(story.state)).toBe(seconds(901 + 900 * (i + 1)))
    expect(story.pass(899).events).toEqual([])
    expect(story.pass(1).events.map(({ type }) => type)).toEqual(['route.sought'])
  }
})

test('a dead letter of a finished effect raises no exception', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  const fact = { type: 'dead-letter', connection: erp, reason: 'it broke' } as const
  expect(story.tell({ ...fact, subject: 'create-order' }).events).toEqual([])
  story.tell({ ...fact, subject: 'release-order' })
  expect(story.exceptions()).toEqual(['dead-letter:release-order'])
  story.did('release-order')
  expect(story.exceptions()).toEqual([])
})

test('a dead letter is ignored once its effect has an answer, even a refusal', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 2 })
  story.did('post-shipment:P1')
  const subject = 'confirm-shipment:P1'
  const died = { type: 'dead-letter', connection: shop, subject, reason: 'it broke' } as const
  const standing = () => story.exceptions().filter((key) => !key.startsWith('overdue'))
  const refusal = { next: 'except', code: 'effect-refused', reason: 'the order is closed' } as const
  story.tell(died)
  story.failed(subject, { next: 'wait', reason: 'too many requests', seconds: 60 })
  expect(standing()).toEqual([`dead-letter:${subject}`])
  story.wait(60)
  story.failed(subject, refusal)
  expect(standing()).toEqual([`effect-refused:${subject}`])
  expect(story.tell(died).events).toEqual([])
  story.pass(2 * 3600)
  story.tell(died)
  expect(standing()).toEqual([`dead-letter:${subject}`, `effect-refused:${subject}`])
  story.failed(subject, refusal)
  expect(standing()).toEqual([`effect-refused:${subject}`])
  story.pass(2 * 3600)
  story.did(subject)
  expect(standing()).toEqual([])
})
