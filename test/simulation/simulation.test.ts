import { type Ended, simulate } from '../support/simulate.ts'

test('the same seed is the same story, to the millisecond', async () => {
  const order = 'shopify_first-store_5100000000000'
  const tell = () => simulate('--seed', '1', '--orders', '2', '--days', '0.1', '--story', order)
  const story = ({ said }: Ended) => said.replace(/ in [\d.]+ s of CPU.*/, '')
  const [one, other] = [await tell(), await tell()]
  expect(story(one)).toContain('order.captured')
  expect(story(other)).toBe(story(one))
})

test('a planted bug does not live; others are planted where tests may take longer', async () => {
  const { code, said } = await simulate('--planted', '--bug', 'unconditional-head')
  expect({ code, said }).toMatchObject({
    code: 0,
    said: expect.stringContaining('killed by seed'),
  })
})
