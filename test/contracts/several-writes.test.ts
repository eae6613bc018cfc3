import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { draftErp, draftTwin, type Mistake } from '../support/draft-erp.ts'
import { wrongAfterLosses } from '../support/lost-answers.ts'
import { lineOf, orderOf } from '../support/orders.ts'

/** What the suite that every connector has to pass says of this one. */
const saidOf = (mistake: Mistake) =>
  wrongAfterLosses(
    {
      connector: draftErp(mistake),
      capability: 'accounting',
      connection: ConnectionId.parse('draft-erp/main'),
      settings: {},
      makeTwin: draftTwin,
      order: orderOf({ lines: [lineOf(), lineOf({ id: '2', sku: 'PLATE', quantity: 1 })] }),
    },
    'amended and shipped',
  )

test('an order that takes four writes is made once, whichever of them is lost, late or turned away', async () => {
  expect(await saidOf('none')).toEqual([])
})

test.each<[Mistake, string]>([
  ['a draft is not there', 'write 2 of 4, answer lost'],
  ['no lag', 'write 1 of 4, request late'],
  ['begins anew', 'write 2 of 4, throttled'],
  ['repeats lines', 'write 3 of 4, answer lost'],
])('the suite finds a connector for which %s', async (mistake, where) => {
  expect((await saidOf(mistake)).join('\n')).toContain(where)
})
