import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs'
import { AwsClient } from 'aws4fetch'
import { startTrial, type Trial } from './support/trial.ts'

describe('streams, events and schedules start functions', () => {
  /** Schedules name whole seconds. */
  const began = Math.floor(Date.now() / 1000) * 1000
  let trial: Trial

  beforeAll(async () => {
    trial = await startTrial({ timeScale: 0.01 })
  })
  afterAll(() => trial.close())

  const put = (pk: string, sk: string) =>
    trial.dynamodb.send(
      new PutItemCommand({
        TableName: trial.name('Ledger'),
        Item: { pk: { S: pk }, sk: { S: sk } },
      }),
    )
  const receive = async (id: string) => {
    const { Messages } = await trial.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: trial.queueUrl(id),
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    )
    return Messages?.[0]
  }
  const published = () => trial.happenings.filter(({ kind }) => kind === 'event').length

  test('a stream passes on what its filter lets through, and nothing else', async () => {
    await put('order-1', 'head')
    await put('order-1', 'commit#000001')
    await put('order-1', 'commit#000001')
    await trial.dynamodb.send(
      new DeleteItemCommand({
        TableName: trial.name('Ledger'),
        Key: { pk: { S: 'order-1' }, sk: { S: 'commit#000001' } },
      }),
    )
    await trial.until('the event', () => published() > 0 || undefined)
    await trial.quiet()
    expect(published()).toBe(1)
  })

  test('a record that cannot be published ends at the failure destination and holds up nothing', async () => {
    await Promise.all([put('unpublishable', 'commit#000001'), put('order-2', 'commit#000001')])
    const message = await trial.until('the failure', () => receive('Parked'))
    expect(JSON.parse(message.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: expect.stringContaining('/stream/') },
    })
    await trial.quiet()
    expect(published()).toBe(2)
  })

  test('an event that is malformed is refused alone', async () => {
    const entry = { EventBusName: 'trial', Source: 'crossdock', DetailType: 'other' }
    const answer = await trial.bridge.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, Detail: '{}' },
          { ...entry, Detail: 'no json' },
        ],
      }),
    )
    expect(answer.FailedEntryCount).toBe(1)
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
    ])
  })

  test('a schedule fires after its period, with the time in its input', async () => {
    const tick = await trial.until('a tick', () => receive('Ordered'))
    const { at } = JSON.parse(tick.Body ?? '')
    expect(Date.parse(at)).toBeGreaterThanOrEqual(began)
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now())
    expect(tick.Attributes?.MessageGroupId).toBe('ticks')
  })

  const place = (Key: string, id = 'Drop') => ({ Bucket: trial.name(id), Key })

  test('a new object is told to EventBridge where its bucket says so, in one piece or in parts', async () => {
    const put = (Key: string, id?: string) =>
      trial.s3.send(new PutObjectCommand({ ...place(Key, id), Body: 'a,b' }))
    await put('in/silent.csv', 'Raw')
    await put('out/other.csv')
    await put('in/June & July.csv')
    const { UploadId } = await trial.s3.send(new CreateMultipartUploadCommand(place('in/big.csv')))
    const part = { ...place('in/big.csv'), UploadId, PartNumber: 1 }
    const { ETag } = await trial.s3.send(new UploadPartCommand({ ...part, Body: 'c,d' }))
    const parts = { Parts: [{ ETag, PartNumber: 1 }] }
    const whole = { ...place('in/big.csv'), UploadId, MultipartUpload: parts }
    await trial.s3.send(new CompleteMultipartUploadCommand(whole))

    const told: unknown[] = []
    for (const key of ['in/June & July.csv', 'in/big.csv']) {
      const message = await trial.until(key, () => receive('Dropped'))
      const QueueUrl = trial.queueUrl('Dropped')
      const { ReceiptHandle, Body = '', Attributes } = message
      await trial.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      expect(Attributes?.MessageGroupId).toBe('uploads')
      told.push(JSON.parse(Body).detail)
    }
    expect(told).toMatchObject([
      { object: { key: 'in/June & July.csv', size: 3 }, reason: 'PutObject' },
      { object: { key: 'in/big.csv', size: 3 }, reason: 'CompleteMultipartUpload' },
    ])
    expect(await receive('Dropped')).toBeUndefined()
  })

  test('an object of no bytes is kept and told like any other, in one piece or in parts', async () => {
    const signer = new AwsClient({
      ...trial.cloud.operator,
      service: 's3',
      region: trial.cloud.region,
      retries: 0,
    })
    // As curl and the command line send it: the SDK puts a checksum into a body that has none.
    const put = async (target: string): Promise<string> => {
      const url = `${trial.cloud.awsUrl}/${trial.name('Drop')}/${target}`
      const { status, headers } = await signer.fetch(url, { method: 'PUT' })
      expect([target, status]).toEqual([target, 200])
      return headers.get('etag') ?? ''
    }
    await put('in/empty.csv')
    const parts = place('in/parts.csv')
    const { UploadId } = await trial.s3.send(new CreateMultipartUploadCommand(parts))
    const ETag = await put(`in/parts.csv?partNumber=1&uploadId=${UploadId}`)
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] }
    await trial.s3.send(new CompleteMultipartUploadCommand({ ...parts, UploadId, MultipartUpload }))
    for (const key of ['in/empty.csv', 'in/parts.csv']) {
      const { Body, ContentLength } = await trial.s3.send(new GetObjectCommand(place(key)))
      expect([key, ContentLength, await Body?.transformToString()]).toEqual([key, 0, ''])
      const { ReceiptHandle, Body: told = '' } = await trial.until(key, () => receive('Dropped'))
      const QueueUrl = trial.queueUrl('Dropped')
      await trial.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      expect(JSON.parse(told).detail.object).toMatchObject({ key, size: 0 })
    }
  })

  test('an event above the limit is refused whole', async () => {
    const Detail = JSON.stringify({ much: 'y'.repeat(1_100_000) })
    const entry = { EventBusName: 'trial', Source: 'crossdock', DetailType: 'other', Detail }
    const command = new PutEventsCommand({ Entries: [entry] })
    await expect(trial.bridge.send(command)).rejects.toThrow('over the limit')
  })

  test('an event whose queue is gone is tried again and then is a dead letter with its reason', async () => {
    const lane = trial.arn('Lane')
    await trial.sqs.send(new DeleteQueueCommand({ QueueUrl: trial.queueUrl('Lane') }))
    await put('order-3', 'commit#000001')
    const message = await trial.until('the dead letter', async () => {
      const received = await receive('Parked')
      return received?.Body?.includes('order-3') ? received : undefined
    })
    expect(message.MessageAttributes).toMatchObject({
      TARGET_ARN: { StringValue: lane },
      ERROR_CODE: { StringValue: 'SDK_CLIENT_ERROR' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      RETRY_ATTEMPTS: { StringValue: '3' },
    })
  })
})
