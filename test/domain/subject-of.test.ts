import { subjectOf } from '../../domain/order/aggregate.ts'
import { mismatch } from '../../domain/order/sum.ts'
import { able, lineOf, orderOf, seconds } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const order = orderOf({ lines: [lineOf({ quantity: 3 })] })

/** What the next cancellation at the channel is told of the first line. */
function told(story: ReturnType<typeof tellStory>, intentId: string) {
  const intent = story.state.intents[intentId]
  if (!intent) throw new Error(`there is no ${intentId}`)
  return subjectOf(story.state, intent, order).lines[0]
}

test('a channel gets the total of removed units, even before it reports them itself', () => {
  const story = tellStory(able('cancel-sale'))
  const cancel = () =>
    story.command({ do: 'cancel', reason: 'gone', lines: [{ id: '1', quantity: 1 }] })
  story.captured(order)
  cancel()
  expect(told(story, 'cancel-sale')).toEqual({ id: '1', quantity: 1, takenInAll: 1 })
  story.did('cancel-sale')
  cancel()
  expect(told(story, 'cancel-sale:2')).toEqual({ id: '1', quantity: 1, takenInAll: 2 })
  story.captured(orderOf({ version: seconds(60), lines: [lineOf({ quantity: 3, removed: 1 })] }))
  expect(told(story, 'cancel-sale:2')).toEqual({ id: '1', quantity: 1, takenInAll: 2 })
})

test('a system is told which difference of the money a person agreed to, and not what it made of it itself', () => {
  const story = tellStory()
  const off = orderOf({ lines: [lineOf()], total: 2303 })
  story.captured(off)
  const resolve = { do: 'resolve', code: 'money-mismatch', note: 'so it is' } as const
  story.command({ ...resolve, subject: '', resolution: 'post' })
  story.claimed('create-order')
  story.made('create-order', { id: '9', differs: 'NetSuite makes 23.04 of 23.03 USD' })
  story.command({ ...resolve, subject: 'erp' })
  const intent = story.state.intents['create-order']
  if (!intent) throw new Error('there is no create-order')
  expect(subjectOf(story.state, intent, off).agreed).toEqual([mismatch(off)])
})
