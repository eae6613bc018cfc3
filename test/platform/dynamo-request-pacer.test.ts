import { dynamoRequestPacer } from '../../platform/dynamodb/request-pacer.ts'
import { cursorsTable, withDynamo } from '../support/dynamo.ts'

withDynamo('turns in DynamoDB', (client) => {
  let shops = 0
  const open = (now: { at: number }) => {
    shops += 1
    return dynamoRequestPacer(client, cursorsTable, { pk: `pace#${shops}`, now: () => now.at })
  }

  test('one of many concurrent requests gets the turn', async () => {
    const pace = open({ at: 1_000_000 })
    const taken = await Promise.all(Array.from({ length: 10 }, () => pace.take(60)))
    expect(taken.filter(Boolean)).toHaveLength(1)
  })

  test('the next turn comes when the time is over, or when it is given back', async () => {
    const now = { at: 1_000_000 }
    const pace = open(now)
    expect(await pace.take(60)).toBe(true)
    now.at += 59_999
    expect(await pace.take(60)).toBe(false)
    now.at += 1
    expect(await pace.take(60)).toBe(true)
    await pace.give(10)
    now.at += 10_000
    expect(await pace.take(60)).toBe(true)
  })
})
