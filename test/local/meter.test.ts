import type { AwsCall } from '../../local/cloud/aws-call.ts'
import { billOf, openMeter } from '../../local/cloud/meter.ts'
import { capacityOfRefused } from '../../local/cloud/tables.ts'
import { dollarsPerMillion } from '../../local/demo/price-list.ts'

const answer = (capacityUnits?: number) => ({
  status: 200,
  headers: {},
  body: '',
  ...(capacityUnits !== undefined && { capacityUnits }),
})

function call(json: Record<string, unknown>, method = 'POST'): AwsCall {
  const body = Buffer.from(JSON.stringify(json))
  return { action: '', method, url: '/', headers: {}, body, json }
}

const kilobytes = (n: number) => 'x'.repeat(n * 1024)

describe('what AWS bills for a call', () => {
  test.each([
    ['dynamodb:TransactWriteItems', 'write-units'],
    ['dynamodb:UpdateItem', 'write-units'],
    ['dynamodb:BatchGetItem', 'read-units'],
    ['dynamodb:Query', 'read-units'],
  ])('%s by its capacity: %s', (action, charge) => {
    expect(billOf(action, call({}), answer(7))).toEqual([[charge, 7]])
  })

  test('a write that was refused as one that was done, and in a transaction as two', () => {
    const refused = Buffer.from('{"CancellationReasons":[{"Code":"ConditionalCheckFailed"}]}')
    const put = { TableName: 'Ledger', Item: { record: { B: kilobytes(2) } } }
    const update = { TableName: 'Stock', UpdateExpression: 'SET a = :a' }
    expect(capacityOfRefused(call(put), refused)).toBe(2)
    expect(capacityOfRefused(call(update), refused)).toBe(1)
    const TransactItems = [{ Put: put }, { Update: update }]
    expect(capacityOfRefused(call({ TransactItems }), refused)).toBe(6)
    expect(capacityOfRefused(call(put), Buffer.from('{"__type":"ValidationException"}'))).toBe(0)
  })

  test('a message of a queue by each 64 KB, and a fair one a second time', () => {
    const QueueUrl = 'http://127.0.0.1/000000000000/lane'
    const long = call({ QueueUrl, MessageBody: kilobytes(100) })
    expect(billOf('sqs:SendMessage', long, answer())).toEqual([['queue-requests', 2]])

    const fair = call({ QueueUrl, MessageBody: 'x', MessageGroupId: 'shopify.demo' })
    expect(billOf('sqs:SendMessage', fair, answer())).toEqual([
      ['queue-requests', 1],
      ['fair-requests', 1],
    ])
    const ordered = call({ QueueUrl: `${QueueUrl}.fifo`, MessageBody: 'x', MessageGroupId: '1' })
    expect(billOf('sqs:SendMessage', ordered, answer())).toEqual([['queue-requests', 1]])
  })

  test('each event of a call by each 64 KB', () => {
    const Entries = [{ Detail: '{}' }, { Detail: kilobytes(65) }]
    expect(billOf('events:PutEvents', call({ Entries }), answer())).toEqual([['events', 3]])
  })

  test('objects and secrets by the call, and nothing for what is free', () => {
    expect(billOf('s3:PutObject', call({}, 'PUT'), answer())).toEqual([['puts', 1]])
    expect(billOf('s3:GetObject', call({}, 'GET'), answer())).toEqual([['gets', 1]])
    const secret = billOf('secretsmanager:GetSecretValue', call({}), answer())
    expect(secret).toEqual([['secret-calls', 1]])
    expect(billOf('sts:GetCallerIdentity', call({}), answer())).toEqual([])
  })
})

test('a million orders cost a million times what one used, the dearest service first', () => {
  const meter = openMeter()
  meter.add('write-units', 32)
  meter.add('read-units', 8)
  meter.add('events', 4)
  const dollars = dollarsPerMillion(meter.usage(), 2).filter(([, each]) => each > 0)
  expect(dollars).toEqual([
    ['DynamoDB', 16 * 0.625 + 4 * 0.125],
    ['EventBridge', 2],
  ])
})
