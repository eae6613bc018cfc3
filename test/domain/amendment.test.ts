import { doubt } from '../../domain/failure.ts'
import { lineOf, orderOf, seconds } from '../support/orders.ts'
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

test('while posting: it comes later', () => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  const before = story.state
  expect(story.captured(edited)).toMatchObject({ ask: 'later', events: [] })
  expect(story.state).toEqual(before)
  story.outcome('create-order', 'done')
  expect(story.captured(edited).ask).toBeUndefined()
})

test('while a post is in doubt: it comes later', () => {
  const story = tellStory()
  story.captured()
  story.failed('create-order', doubt('no answer'))
  expect(story.captured(edited).ask).toBe('later')
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
  const { events } = story.captured(orderOf({ version: seconds(60), payment: 'refunded' }))
  expect(events.map(({ type }) => type)).toEqual(['order.seen'])
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
