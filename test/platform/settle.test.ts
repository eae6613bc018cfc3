import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { streamRecords } from '../../platform/dynamodb/stream-records.ts'
import { perMessage, type Worker } from '../../platform/sqs/per-message.ts'
import { maxReceives } from '../../schemas/max-receives.ts'

const batch = (bodies: readonly string[], receives = 1): SQSEvent =>
  // Only what the adapter reads.
  ({
    Records: bodies.map((body) => ({
      messageId: `id of ${body}`,
      body,
      attributes: { ApproximateReceiveCount: String(receives) },
    })),
  }) as unknown as SQSEvent

const work = async (body: string) => {
  if (body.startsWith('bad')) throw new Error('it broke')
  return { did: body }
}

function workerOf(does: Worker['work'] = work) {
  const said: string[] = []
  const onFinalFailure = async (body: string, reason: string) => {
    said.push(`${body}: ${reason}`)
  }
  return { work: does, onFinalFailure, said }
}

test('a batch that settles has no failures', async () => {
  expect(await perMessage(workerOf())(batch(['a', 'b']))).toEqual({ batchItemFailures: [] })
})

test('only messages that threw are redelivered', async () => {
  expect(await perMessage(workerOf())(batch(['a', 'bad 1', 'b', 'bad 2']))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'id of bad 1' }, { itemIdentifier: 'id of bad 2' }],
  })
})

test('work that throws before its first wait keeps no other message from its end', async () => {
  const seen: string[] = []
  const hasty = (body: string) => {
    if (body === 'bad') throw new Error('at once')
    seen.push(body)
    return Promise.resolve({})
  }
  const settled = await perMessage(workerOf(hasty))(batch(['bad', 'a']))
  expect(settled.batchItemFailures).toEqual([{ itemIdentifier: 'id of bad' }])
  expect(seen).toEqual(['a'])
})

test('the last failure of a message leaves its reason, an earlier one does not', async () => {
  const worker = workerOf()
  await perMessage(worker)(batch(['a', 'bad'], maxReceives - 1))
  expect(worker.said).toEqual([])
  await perMessage(worker)(batch(['a', 'bad'], maxReceives))
  expect(worker.said).toEqual([
    expect.stringMatching(/^bad: Error at platform\/sqs\/per-message.ts:/),
  ])
})

test('a reason that cannot be left does not save the message', async () => {
  const onFinalFailure = async () => {
    throw new Error('DynamoDB is down')
  }
  const settled = await perMessage({ work, onFinalFailure })(batch(['bad'], maxReceives))
  expect(settled.batchItemFailures).toEqual([{ itemIdentifier: 'id of bad' }])
})

const stream = (count: number): DynamoDBStreamEvent =>
  ({
    Records: Array.from({ length: count }, (_, i) => ({
      dynamodb: { SequenceNumber: `s${i}`, NewImage: marshall({ pk: `order ${i}`, n: i }) },
    })),
  }) as unknown as DynamoDBStreamEvent

test('a stream gives its images in order, and comes again from the first that is not done', async () => {
  const seen: unknown[] = []
  const settle = (done: number) =>
    streamRecords(async (images) => {
      seen.push(...images)
      return done
    })(stream(3))
  expect(await settle(3)).toEqual({ batchItemFailures: [] })
  expect(seen).toEqual([0, 1, 2].map((n) => ({ pk: `order ${n}`, n })))
  expect(await settle(1)).toEqual({ batchItemFailures: [{ itemIdentifier: 's1' }] })
  expect(await settle(0)).toEqual({ batchItemFailures: [{ itemIdentifier: 's0' }] })
})

test('a stream whose work throws comes again whole', async () => {
  const settled = await streamRecords(async () => {
    throw new Error('EventBridge is down')
  })(stream(2))
  expect(settled).toEqual({ batchItemFailures: [{ itemIdentifier: 's0' }] })
})
