import { exceptionCatalogue } from '../../domain/exceptions/catalogue.ts'
import { remedyOf } from '../../domain/exceptions/remedies.ts'
import { except } from '../../domain/failure.ts'
import { execute } from '../../domain/order/commands.ts'
import { decide } from '../../domain/order/decide.ts'
import { hasTwoWays } from '../../schemas/api/command.ts'
import { ExceptionCode } from '../../schemas/events/exception.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { able, lineOf, orderOf, policy, seconds } from '../support/orders.ts'
import { type Story, tellStory } from '../support/story.ts'

const off = (cents: number, version = seconds(0)) =>
  orderOf({ version, lines: [lineOf()], total: 2300 + cents })

const mismatch = {
  do: 'resolve',
  code: 'money-mismatch',
  subject: '',
  note: 'the shop rounds',
} as const
const post = { ...mismatch, resolution: 'post' } as const

/** What comes of a command that changes nothing. */
const notDone = (story: Story, command: Parameters<typeof story.command>[0]) => {
  const { state } = story
  expect(story.command(command).events).toEqual([])
  const fact = { type: 'command', id: 'again', by: 'x', command, at: seconds(0) } as const
  const executed = execute(state, fact)
  return executed.ok ? undefined : executed.error
}

describe('an order whose parts do not add up', () => {
  test('is posted when a person says so, and a second time there is nothing to do', () => {
    const story = tellStory()
    story.captured(off(3))
    story.command(post)
    expect(story.exceptions()).toEqual([])
    expect(notDone(story, post)).toMatchObject({ because: 'unchanged' })
    story.did('create-order')
    expect(story.intent('release-order')).toBe('pending')
  })

  test('is cancelled when a person says so, and never posted', () => {
    const story = tellStory()
    story.captured(off(3))
    story.command({ ...mismatch, resolution: 'cancel' })
    expect(story.status).toBe('cancelled')
    expect(notDone(story, { ...mismatch, resolution: 'cancel' })).toMatchObject({
      because: 'unchanged',
    })
    expect(story.exceptions()).toEqual(['cancel-at-channel'])
    expect(story.intent('create-order')).toBeUndefined()
  })

  test('is not resolved without a word of which of the two', () => {
    const story = tellStory()
    story.captured(off(3))
    expect(notDone(story, mismatch)).toMatchObject({ because: 'impossible', field: 'resolution' })
    expect(story.exceptions()).toEqual(['money-mismatch'])
  })

  test('stands again when it is another difference', () => {
    const story = tellStory(able('amend-order'))
    story.captured(off(3))
    story.command(post)
    story.did('create-order')
    story.captured(off(7, seconds(60)))
    expect(story.exceptions()).toEqual(['money-mismatch'])
    expect(story.intent('amend-order')).toBeUndefined()
    story.command(post)
    expect(story.intent('amend-order')).toBe('pending')
  })

  test('stands for as long as a system refuses it, however often it is resolved', () => {
    const story = tellStory()
    story.captured(off(3))
    story.command(post)
    for (let round = 0; round < 3; round++) {
      story.failed('create-order', except('money-mismatch', 'three cents'))
      expect(story.intent('create-order')).toBe('refused')
      expect(story.exceptions()).toEqual(['money-mismatch:create-order'])
      story.command({ ...post, subject: 'create-order' })
      expect(story.intent('create-order')).toBe('pending')
    }
    story.did('create-order')
    expect(story.exceptions()).toEqual([])
  })
})

test('a refusal without an exception gets one with the next fact', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', except('effect-refused', 'unknown tax code'))
  const left: OrderState = { ...story.state, exceptions: {} }
  const { after } = decide(left, { type: 'deadline', at: seconds(1) }, policy)
  expect(after.exceptions['effect-refused:create-order']).toMatchObject({
    reason: 'unknown tax code',
    owner: 'finance',
  })
})

test('a refused effect is not resolved but answered, retried or cancelled', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', except('already-fulfilled', 'it has left'))
  const resolve = {
    do: 'resolve',
    code: 'already-fulfilled',
    subject: 'create-order',
    note: 'so it is',
  } as const
  expect(notDone(story, resolve)).toMatchObject({
    because: 'impossible',
    fix: expect.stringMatching(/give cancel or retry or answer/),
  })
  story.command({
    do: 'answer',
    intentId: 'create-order',
    answer: { type: 'done', reference: { id: '7' } },
  })
  expect(story.exceptions()).toEqual([])
})

describe('a cancellation that the warehouse does not have', () => {
  const cancelled = () => {
    const story = tellStory().released()
    story.shipped('P1', { PLATE: 1 })
    story.captured(orderOf({ version: seconds(60), cancelledAt: seconds(60) }))
    expect(story.exceptions()).toContain('cancelled-after-release')
    return story
  }
  const resolve = {
    do: 'resolve',
    code: 'cancelled-after-release',
    subject: '',
    note: 'stopped by telephone',
  } as const

  test('is complete when a person has the rest stopped', () => {
    const story = cancelled()
    story.command(resolve)
    expect(story.state.cancelledAt).toBeDefined()
    expect(story.lines()).toEqual([
      [2, 2, 0, 0],
      [1, 0, 1, 1],
    ])
    expect(story.exceptions()).not.toContain('cancelled-after-release')
    story.shipped('P2', { MUG: 2 })
    expect(story.exceptions()).toContain('over-shipped:P2')
  })

  test('is dropped when everything has shipped: the goods come back', () => {
    const story = cancelled()
    story.shipped('P2', { MUG: 2 })
    story.command(resolve)
    expect(story.state.cancelledAt).toBeUndefined()
    expect(story.exceptions()).not.toContain('cancelled-after-release')
  })

  test('is complete although the warehouse refused, and it is not asked again', () => {
    const story = tellStory(able('cancel-release')).released()
    story.captured(orderOf({ version: seconds(60), cancelledAt: seconds(60) }))
    story.failed('cancel-release', except('effect-refused', 'it is packed'))
    expect(story.exceptions()).toEqual(['cancelled-after-release', 'effect-refused:cancel-release'])
    story.command(resolve)
    expect(story.status).toBe('cancelled')
    expect(story.intent('cancel-release')).toBe('withdrawn')
    expect(story.exceptions()).toEqual([])
    expect(story.intent('cancel-order')).toBe('pending')
  })
})

test.each([
  [
    'a person resolves that',
    (story: Story) => {
      const resolve = { do: 'resolve', code: 'amended-after-release', subject: '' } as const
      story.command({ ...resolve, note: 'by telephone' })
    },
  ],
  ['it is changed back', (story: Story) => story.captured(orderOf({ version: seconds(90) }))],
] as const)(
  'a warehouse that did not let go of a change, until %s, is asked to let go of a cancellation',
  (_, end) => {
    const story = tellStory(able('cancel-release')).released()
    story.captured(orderOf({ version: seconds(60), lines: [lineOf({ removed: 1 })] }))
    story.failed('cancel-release', except('effect-refused', 'it is packed'))
    end(story)
    expect(story.intent('cancel-release')).toBe('withdrawn')
    story.command({ do: 'cancel', reason: 'sorry' })
    expect(story.intent('cancel-release:1:2')).toBe('pending')
    story.failed('cancel-release:1:2', except('effect-refused', 'it is packed'))
    expect(story.exceptions()).toContain('cancelled-after-release')
    story.command({ do: 'retry' })
    story.did('cancel-release:1:2')
    expect(story.status).toBe('cancelled')
  },
)

describe('retrying', () => {
  test('what waits for an exception says for which, and what ends it', () => {
    const story = tellStory()
    story.captured(off(3))
    for (const command of [{ do: 'retry' }, { do: 'retry', intentId: 'create-order' }] as const) {
      expect(notDone(story, command)).toMatchObject({
        because: 'impossible',
        reason: 'create-order waits for the exception money-mismatch',
        fix: expect.stringMatching(/resolve or cancel/),
      })
    }
  })

  test.each([
    ['is done', (story: Story) => story.did('create-order'), /is done as no of create-order/],
    ['is under way', (story: Story) => story.claimed('create-order'), /is running/],
    [
      'waits at a hold',
      (story: Story) => story.command({ do: 'hold', reason: 'wait' }),
      /waits for the exception on-hold/,
    ],
    [
      'was cancelled',
      (story: Story) => story.command({ do: 'cancel', reason: 'sorry' }),
      /create-order was withdrawn/,
    ],
  ] as const)('what %s says so', (_, first, reason) => {
    const story = tellStory()
    story.captured(orderOf({ lines: [lineOf({ shippable: false })] }))
    first(story)
    const retry = { do: 'retry', intentId: 'create-order' } as const
    expect(notDone(story, retry)).toMatchObject({ reason: expect.stringMatching(reason) })
  })
})

/** Every code at every kind of subject, standing on an order whose posting is refused. */
const standing = ExceptionCode.options.flatMap((code) =>
  ['', 'create-order', 'message', 'P1', 'erp'].map((subject) => ({ code, subject })),
)

test.each(standing)('$code of "$subject" offers resolving just where it is possible', (about) => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', except('effect-refused', 'no'))
  const { code, subject } = about
  const { owner } = exceptionCatalogue[code].desk
  const key = subject === '' ? code : `${code}:${subject}`
  const exception = { ...about, owner, reason: 'x', raisedAt: seconds(0), deadline: seconds(9) }
  const state = { ...story.state, exceptions: { ...story.state.exceptions, [key]: exception } }
  const command = {
    do: 'resolve',
    ...about,
    note: 'done',
    ...(hasTwoWays(code, subject) && { resolution: 'post' as const }),
  } as const
  const fact = { type: 'command', id: 'c', by: 'x', command, at: seconds(1) } as const
  expect(execute(state, fact).ok).toBe(remedyOf(state, about).commands.includes('resolve'))

  const { after } = decide(state, fact, policy)
  if (after.intents['create-order']?.state === 'refused') {
    const named = Object.values(after.exceptions).map((one) => one.subject)
    expect(named).toContain('create-order')
  }
  expect(decide(after, { ...fact, id: 'd' }, policy).events).toEqual([])
})
