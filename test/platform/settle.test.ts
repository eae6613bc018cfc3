import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { settleBatch } from '../../platform/settle-batch.ts'
import { settleStream } from '../../platform/settle-stream.ts'

const batch = (bodies: readonly string[]): SQSEvent =>
  // Only what the adapter reads.
  ({
    Records: bodies.map((body) => ({
      messageId: `id of ${body}`,
      body,
      attributes: { ApproximateReceiveCount: '1' },
    })),
  }) as unknown as SQSEvent

const work = async ({ body }: { readonly body: string }) => {
  if (body.startsWith('bad')) throw new Error('it broke')
  return { did: body }
}

test('a batch that settles has no failures', async () => {
  expect(await settleBatch(work)(batch(['a', 'b']))).toEqual({ batchItemFailures: [] })
})

test('only the messages that threw come again', async () => {
  expect(await settleBatch(work)(batch(['a', 'bad 1', 'b', 'bad 2']))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'id of bad 1' }, { itemIdentifier: 'id of bad 2' }],
  })
})

test('work that throws before its first wait keeps no other message from its end', async () => {
  const seen: string[] = []
  const hasty = ({ body }: { readonly body: string }) => {
    if (body === 'bad') throw new Error('at once')
    seen.push(body)
    return Promise.resolve({})
  }
  const settled = await settleBatch(hasty)(batch(['bad', 'a']))
  expect(settled.batchItemFailures).toEqual([{ itemIdentifier: 'id of bad' }])
  expect(seen).toEqual(['a'])
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
    settleStream(async (images) => {
      seen.push(...images)
      return done
    })(stream(3))
  expect(await settle(3)).toEqual({ batchItemFailures: [] })
  expect(seen).toEqual([0, 1, 2].map((n) => ({ pk: `order ${n}`, n })))
  expect(await settle(1)).toEqual({ batchItemFailures: [{ itemIdentifier: 's1' }] })
  expect(await settle(0)).toEqual({ batchItemFailures: [{ itemIdentifier: 's0' }] })
})

test('a stream whose work throws comes again whole', async () => {
  const settled = await settleStream(async () => {
    throw new Error('EventBridge is down')
  })(stream(2))
  expect(settled).toEqual({ batchItemFailures: [{ itemIdentifier: 's0' }] })
})
