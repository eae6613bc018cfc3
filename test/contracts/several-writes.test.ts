import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { MakeTwin } from '../../twins/kit/twin.ts'
import { draftErp, draftTwin, type Mistake } from '../support/draft-erp.ts'
import { play, type Stage, wrongAfterLosses } from '../support/lost-answers.ts'
import { lineOf, orderOf } from '../support/orders.ts'

const stageOf = (mistake: Mistake): Stage => ({
  connector: draftErp(mistake),
  capability: 'accounting',
  connection: ConnectionId.parse('draft-erp/main'),
  settings: {},
  makeTwin: draftTwin,
  order: orderOf({ lines: [lineOf(), lineOf({ id: '2', sku: 'PLATE', quantity: 1 })] }),
})

/** What the suite that every connector has to pass says of this one. */
const saidOf = (mistake: Mistake) => wrongAfterLosses(stageOf(mistake), 'amended and shipped')

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

test('a draft that no search finds is completed, because its id was kept', async () => {
  const hidden: MakeTwin = (world) => {
    const twin = draftTwin(world)
    return {
      ...twin,
      handle: (request) =>
        request.path.startsWith('/orders?')
          ? Promise.resolve({ status: 200, body: '[]' })
          : twin.handle(request),
    }
  }
  const { documents } = await play({ ...stageOf('none'), makeTwin: hidden }, 'cancelled', {
    write: 1,
    how: 'throttled',
  })
  expect(documents['orders']).toHaveLength(1)
  expect(documents['orders']).toMatchObject([{ state: 'confirmed', lines: [{}, {}] }])
})

test('a request that is carried out a day after its caller gave up leaves a surplus document, and finance is told', async () => {
  const dayLate: MakeTwin = (world) => ({ ...draftTwin(world), lateSeconds: 23 * 3600 })
  const stage = { ...stageOf('none'), makeTwin: dayLate }
  const late = await play(stage, 'amended and shipped', { write: 0, how: 'request late' })
  expect(late.documents['orders']).toHaveLength(2)
  expect(late.exceptions).toContain('duplicate-document:check-duplicates')
  const onTime = await play(stage, 'amended and shipped', { write: 0, how: 'request lost' })
  expect(onTime.exceptions).not.toContain('duplicate-document:check-duplicates')
})
