import { type AwsAnswer, type AwsCall, jsonAnswer } from '../../local/cloud/aws-call.ts'
import { disturb } from '../../local/cloud/disturb.ts'

/** What a service of AWS was asked, and what the caller heard, when only part was done. */
async function partly(action: string, json: object, answer: object) {
  const call: AwsCall = {
    action,
    json: { ...json },
    body: Buffer.from(JSON.stringify(json)),
    method: 'POST',
    url: '/',
    headers: {},
  }
  const asked: unknown[] = []
  const service = async (inner: AwsCall): Promise<AwsAnswer> => {
    expect(JSON.parse(inner.body.toString())).toEqual(inner.json)
    asked.push(inner.json)
    return jsonAnswer(200, answer)
  }
  const given = await disturb(call, service, {
    functionName: 'any',
    kill: () => {},
    faults: { strikes: (fault) => fault === 'done in part', draw: () => 0 },
  })
  return { asked, heard: JSON.parse(given.body.toString()) }
}

test('a batch of reads leaves out the rest of the keys, table by table', async () => {
  const RequestItems = {
    one: { Keys: [{ pk: 1 }, { pk: 2 }], ConsistentRead: true },
    other: { Keys: [{ pk: 3 }, { pk: 4 }], ConsistentRead: true },
  }
  const { asked, heard } = await partly('BatchGetItem', { RequestItems }, { Responses: {} })
  expect(asked).toEqual([{ RequestItems: { one: RequestItems.one } }])
  expect(heard).toEqual({ Responses: {}, UnprocessedKeys: { other: RequestItems.other } })
})

test('a batch of writes leaves out the rest of the writes', async () => {
  const RequestItems = { one: [{ PutRequest: 1 }, { PutRequest: 2 }, { PutRequest: 3 }] }
  const { asked, heard } = await partly('BatchWriteItem', { RequestItems }, {})
  expect(asked).toEqual([{ RequestItems: { one: [{ PutRequest: 1 }] } }])
  expect(heard.UnprocessedItems).toEqual({ one: [{ PutRequest: 2 }, { PutRequest: 3 }] })
})

test('a batch of messages says which it did not take', async () => {
  const Entries = [{ Id: 'a' }, { Id: 'b' }]
  const { asked, heard } = await partly(
    'SendMessageBatch',
    { Entries },
    { Successful: [{ Id: 'a' }] },
  )
  expect(asked).toEqual([{ Entries: [{ Id: 'a' }] }])
  expect(heard).toMatchObject({ Successful: [{ Id: 'a' }], Failed: [{ Id: 'b' }] })
})

test('an only event is not put, and its answer is in its place', async () => {
  const { asked, heard } = await partly('PutEvents', { Entries: [{ Source: 'a' }] }, {})
  expect(asked).toEqual([])
  expect(heard).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] })
})

test('a call that is whole or nothing is whole', async () => {
  const { asked, heard } = await partly('GetItem', { Key: 1 }, { Item: 1 })
  expect(asked).toEqual([{ Key: 1 }])
  expect(heard).toEqual({ Item: 1 })
})
