import { simulate } from '../support/simulate.ts'

test('every promise holds on bad days, some of them new ones', async () => {
  const { code, said } = await simulate('--few', '--orders', '20', '--shrink', '60')
  expect({ code, said }).toMatchObject({
    code: 0,
    said: expect.stringContaining('Every promise held.'),
  })
})
