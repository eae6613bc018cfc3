import { doubt, except, halt, ignore, retry, wait } from '../../domain/failure.ts'
import { after } from '../../domain/instant.ts'
import type { Answer } from '../../schemas/api/command.ts'
import { erp, wms } from '../support/orders.ts'
import { type Story, tellStory } from '../support/story.ts'

const captured = () => {
  const story = tellStory()
  story.captured()
  return story
}
const notBefore = (story: ReturnType<typeof captured>) =>
  story.state.intents['create-order']?.notBefore

test('a claimed effect cannot be claimed by another worker', () => {
  const story = captured()
  story.claimed('create-order')
  expect(story.claimed('create-order').events).toEqual([])
  story.wait(15)
  expect(story.claimed('create-order').events).toMatchObject([{ epoch: 2, look: true }])
})

test('a first attempt need not look, one after a vanished worker must', () => {
  const story = captured()
  expect(story.claimed('create-order').events).toMatchObject([{ epoch: 1, look: false }])
  story.wait(15)
  expect(story.claimed('create-order').events).toMatchObject([{ epoch: 2, look: true }])
})

test('a worker that lost its lease changes nothing', () => {
  const story = captured()
  story.claimed('create-order')
  story.wait(15)
  story.claimed('create-order')
  const before = story.state
  for (const late of ['done', retry('x'), doubt('x'), except('effect-refused', 'x')] as const) {
    expect(story.outcome('create-order', late, { epoch: 1 }).events).toEqual([])
  }
  expect(story.state).toEqual(before)
})

test('retries back off, up to a quarter of an hour', () => {
  const story = captured()
  const waits: number[] = []
  for (let i = 0; i < 12; i++) {
    story.failed('create-order', retry('busy'))
    const from = notBefore(story) ?? story.now
    waits.push((Date.parse(from) - Date.parse(story.now)) / 1000)
    expect(story.claimed('create-order').events).toEqual([])
    story.wait(waits[i] ?? 0)
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
})

test('throttling is honoured and is not an attempt', () => {
  const story = captured()
  story.failed('create-order', wait('slow down', 42))
  expect(notBefore(story)).toBe(after(story.now, 42))
  expect(story.state.intents['create-order']?.attempts).toBe(0)
})

test('a lost answer is looked up after the index lag', () => {
  const story = captured()
  story.failed('create-order', doubt('no answer'), { lagSeconds: 30 })
  expect(story.intent('create-order')).toBe('doubt')
  story.wait(29)
  expect(story.claimed('create-order').events).toEqual([])
  story.wait(1)
  expect(story.claimed('create-order').events).toMatchObject([{ look: true }])
})

test('a system that loses every answer is asked less and less often', () => {
  const story = captured()
  const waits: number[] = []
  for (let i = 0; i < 5; i++) {
    story.failed('create-order', doubt('no answer'))
    waits.push((Date.parse(notBefore(story) ?? '') - Date.parse(story.now)) / 1000)
    story.wait(waits[i] ?? 0)
  }
  expect(waits).toEqual([2, 4, 8, 16, 32])
})

test.each([
  ['retry', retry('busy')],
  ['wait', wait('slow down', 5)],
  ['halt', halt('revoked')],
  ['except', except('effect-refused', 'cannot search')],
])('a look-up that ends in %s leaves the doubt standing', (_, failure) => {
  const story = captured()
  story.failed('create-order', doubt('no answer'))
  story.wait(2)
  story.claimed('create-order')
  story.outcome('create-order', failure, { during: 'look' })
  expect(story.intent('create-order')).toBe('doubt')
  story.pass(100_000)
  expect(story.claimed('create-order').events).toMatchObject([{ look: true }])
})

test('an effect in doubt at a system that cannot be searched is never retried', () => {
  const story = captured()
  story.failed('create-order', doubt('no answer'), { lagSeconds: undefined })
  expect(story.exceptions()).toEqual(['in-doubt:create-order'])
  const { length } = story.events
  for (let i = 0; i < 50; i++) story.pass(100_000)
  expect(story.claimed('create-order').events).toEqual([])
  expect(story.events.slice(length).filter(({ type }) => type === 'effect.requested')).toEqual([])
})

test('an effect that is already so is done', () => {
  const story = captured()
  story.failed('create-order', ignore('exists'))
  expect(story.intent('create-order')).toBe('done')
})

test('effects on one order at one system go one after another', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 1 })
  story.shipped('P2', { MUG: 1 })
  story.claimed('post-shipment:P1')
  expect(story.claimed('post-shipment:P2').events).toEqual([])
  story.outcome('post-shipment:P1', 'done')
  expect(story.claimed('confirm-shipment:P1').events).toHaveLength(1)
  expect(story.claimed('post-shipment:P2').events).toHaveLength(1)
})

describe('a system that takes an effect and says later what came of it', () => {
  const taken = () => {
    const story = tellStory()
    story.captured()
    story.failed('create-order', doubt('taken, the answer follows', 600), { lagSeconds: undefined })
    return story
  }
  const answered = (story: Story, answer: Answer) =>
    story.tell({ type: 'answered', connection: erp, intentId: 'create-order', answer })

  test('is not asked again, and nobody is troubled, while it has time', () => {
    const story = taken()
    story.pass(500)
    expect(story.claimed('create-order').events).toEqual([])
    expect(story.exceptions()).toEqual([])
    answered(story, { type: 'done', reference: { id: '9' } })
    expect(story.status).toBe('accepted')
    expect(story.intent('release-order')).toBe('pending')
  })

  test('is a doubt for a person when it does not answer in time', () => {
    const story = taken()
    story.pass(700)
    story.failed('create-order', doubt('an earlier attempt ended without an answer'), {
      during: 'look',
      lagSeconds: undefined,
    })
    expect(story.exceptions()).toEqual(['in-doubt:create-order'])
    story.command({ do: 'answer', intentId: 'create-order', answer: { type: 'not-done' } })
    expect(story.exceptions()).toEqual([])
    story.did('create-order')
    expect(story.status).toBe('accepted')
  })

  test('is heard when it refuses, once', () => {
    const story = taken()
    answered(story, { type: 'refused', reason: 'no such customer' })
    expect(story.exceptions()).toEqual(['effect-refused:create-order'])
    expect(answered(story, { type: 'refused', reason: 'no such customer' }).events).toEqual([])
  })

  test('changes nothing about what is done but what it is called', () => {
    const story = taken()
    answered(story, { type: 'done', reference: { id: '9' } })
    expect(answered(story, { type: 'refused', reason: 'too late' }).events).toEqual([])
    answered(story, { type: 'done', reference: { id: '9', number: 'SO-9' } })
    expect(story.state.intents['create-order']?.reference).toEqual({ id: '9', number: 'SO-9' })
  })

  test('has to be the system that was asked', () => {
    const story = taken()
    const answer = { type: 'done', reference: { id: '9' } } as const
    const { events } = story.tell({
      type: 'answered',
      connection: wms,
      intentId: 'create-order',
      answer,
    })
    expect(events).toEqual([])
  })

  test('outranks a worker that comes back later', () => {
    const story = tellStory()
    story.captured()
    story.claimed('create-order')
    answered(story, { type: 'done', reference: { id: '9' } })
    expect(story.outcome('create-order', retry('busy')).events).toEqual([])
    expect(story.status).toBe('accepted')
  })
})
