import type { CountMarks } from '../../domain/stock/counting.ts'
import { dynamoCountMarks } from '../../platform/dynamodb/count-marks.ts'
import { stockTable, withDynamo } from '../support/dynamo.ts'
import { MemoryMarks } from '../support/memory-marks.ts'

const nothing = {
  articles: 0,
  changed: 0,
  inFlight: 0,
  missed: 0,
  foreign: 0,
  raised: 0,
  refused: 0,
}
const moment = (minute: number) => `2026-11-21T10:0${minute}:00.000Z`

describe('marks of full counts in memory', () => marksContract(() => new MemoryMarks()))

withDynamo('marks of full counts in DynamoDB', (client) => {
  const { marks, runs } = dynamoCountMarks(client, stockTable)
  marksContract(() => marks)

  test('a count that is under way is as it was written, beside the mark of the one before', async () => {
    const run = { since: moment(2), cursor: 'page-2', tally: nothing }
    await marks.raise('leeds', moment(1))
    await runs('leeds').write(run)
    expect(await runs('leeds').read()).toEqual(run)
    expect(await marks.read('leeds')).toBe(moment(1))
    await runs('leeds').write(undefined)
    expect(await runs('leeds').read()).toBeUndefined()
    expect(await marks.read('leeds')).toBe(moment(1))
  })
})

function marksContract(open: () => CountMarks): void {
  test('a mark only ever rises, in any order of writes', async () => {
    const marks = open()
    expect(await marks.read('berlin')).toBeUndefined()
    for (const minute of [1, 2, 2, 1]) await marks.raise('berlin', moment(minute))
    expect(await marks.read('berlin')).toBe(moment(2))
    await marks.raise('berlin', moment(3))
    expect(await marks.read('berlin')).toBe(moment(3))
    expect(await marks.read('lyon')).toBeUndefined()
  })
}
