import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import {
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { startTrial, type Trial } from './support/trial.ts'

describe('queues of the laptop behave as SQS under a function', () => {
  let trial: Trial

  beforeAll(async () => {
    trial = await startTrial()
  })
  afterAll(() => trial.close())

  const send = (id: string, body: unknown) =>
    trial.sqs.send(
      new SendMessageCommand({ QueueUrl: trial.queueUrl(id), MessageBody: JSON.stringify(body) }),
    )
  const waiting = async (id: string): Promise<number> => {
    const command = new GetQueueAttributesCommand({
      QueueUrl: trial.queueUrl(id),
      AttributeNames: ['ApproximateNumberOfMessages'],
    })
    const { Attributes } = await trial.sqs.send(command)
    return Number(Attributes?.['ApproximateNumberOfMessages'])
  }
  const times = async (id: string): Promise<string | undefined> => {
    const Key = { pk: { S: id }, sk: { S: 'count' } }
    const { Item } = await trial.dynamodb.send(
      new GetItemCommand({ TableName: trial.name('Ledger'), Key }),
    )
    return Item?.['times']?.N
  }

  test('of a batch only what failed comes back', async () => {
    const bodies = [{ id: 'good' }, { do: 'once', id: 'second-try' }]
    await trial.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: trial.queueUrl('Intake'),
        Entries: bodies.map((body, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(body),
          MessageGroupId: `shop-${index}`,
        })),
      }),
    )
    await trial.until('the second try', () => times('second-try'))
    expect(await times('good')).toBe('1')
    expect(await times('second-try')).toBe('1')
  })

  test('a process that ends half-way fails its own invocation, and the next one works', async () => {
    await send('Intake', { do: 'exit', id: 'crash' })
    const crashed = await trial.until('the crash', () =>
      trial.happenings.find((one) => one.kind === 'invocation' && one.error),
    )
    expect(crashed).toMatchObject({
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('exit status 3'),
      },
    })
    await send('Intake', { id: 'after-crash' })
    await trial.until('the next order', () => times('after-crash'))
  })

  test('a killed process loses no message', async () => {
    await send('Intake', { do: 'hang', id: 'x' })
    const pids = () => trial.cloud.processes()[trial.name('Transform')] ?? []
    await trial.until('the message in flight', async () => (await waiting('Intake')) === 0)
    await send('Intake', { id: 'survivor' })
    for (const pid of pids()) process.kill(pid, 'SIGKILL')
    await trial.until('the survivor', () => times('survivor'))
  })

  test('a function that takes too long is killed at its own timeout', async () => {
    const timedOut = await trial.until('the timeout', () =>
      trial.happenings.find(
        (one) => one.kind === 'invocation' && one.error?.errorType === 'Sandbox.Timedout',
      ),
    )
    expect(timedOut).toMatchObject({
      error: { errorMessage: expect.stringMatching(/Task timed out after 2\.00 seconds$/) },
    })
  })

  test('what never succeeds is in the dead letters, and can be redriven twice', async () => {
    await trial.until('both dead letters', async () => (await waiting('IntakeDead')) === 2)
    await send('Intake', { do: 'fail', id: 'poison' })
    for (const round of [1, 2]) {
      await trial.until(`dead letters ${round}`, async () => (await waiting('IntakeDead')) >= 1)
      const SourceArn = trial.arn('IntakeDead')
      const { TaskHandle } = await trial.sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))
      expect(TaskHandle).toBeDefined()
      const task = await trial.until('the end of the task', async () => {
        const { Results } = await trial.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }))
        return Results?.[0]?.Status === 'COMPLETED' ? Results[0] : undefined
      })
      expect(task.ApproximateNumberOfMessagesMoved).toBeGreaterThan(0)
    }
    const told = trial.happenings.filter(({ kind }) => kind === 'dead-letter')
    expect(told[0]).toMatchObject({ from: trial.name('Intake'), to: trial.name('IntakeDead') })
  })

  test('a redriven message is a new message with the same body and attributes', async () => {
    const QueueUrl = trial.queueUrl('LaneDead')
    const sent = await trial.sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: '{"id":"moved"}',
        MessageAttributes: { why: { DataType: 'String', StringValue: 'test' } },
      }),
    )
    const DestinationArn = trial.arn('Parked')
    await trial.sqs.send(
      new StartMessageMoveTaskCommand({ SourceArn: trial.arn('LaneDead'), DestinationArn }),
    )
    const [moved] = await trial.until('the moved message', async () => {
      const { Messages } = await trial.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: trial.queueUrl('Parked'),
          MessageAttributeNames: ['All'],
        }),
      )
      return Messages
    })
    expect(moved?.Body).toBe('{"id":"moved"}')
    expect(moved?.MessageAttributes?.['why']?.StringValue).toBe('test')
    expect(moved?.MessageId).not.toBe(sent.MessageId)
  })

  test('knows which queues feed a dead-letter queue', async () => {
    const { queueUrls } = await trial.sqs.send(
      new ListDeadLetterSourceQueuesCommand({ QueueUrl: trial.queueUrl('IntakeDead') }),
    )
    expect(queueUrls).toEqual([trial.queueUrl('Intake')])
  })

  test('refuses to move out of a queue that is nobody’s dead letters', async () => {
    const command = new StartMessageMoveTaskCommand({ SourceArn: trial.arn('Intake') })
    await expect(trial.sqs.send(command)).rejects.toThrow('Dead Letter Queue')
  })

  test('a delayed message arrives when its time has come, in the cloud’s time', async () => {
    const began = Date.now()
    await trial.sqs.send(
      new SendMessageCommand({
        QueueUrl: trial.queueUrl('Intake'),
        MessageBody: '{"id":"delayed"}',
        DelaySeconds: 10,
      }),
    )
    await trial.until('the delayed order', () => times('delayed'))
    expect(Date.now() - began).toBeGreaterThanOrEqual(500)
  })

  test('never runs more processes of a function than its queue’s maximum concurrency', async () => {
    const bodies = Array.from({ length: 60 }, (_, index) => ({ id: `many-${index}` }))
    await Promise.all(bodies.map((body) => send('Intake', body)))
    await trial.until('all of them', () => times('many-59'))
    const pids = trial.cloud.processes()[trial.name('Transform')] ?? []
    expect(pids.length).toBeLessThanOrEqual(2)
    await trial.quiet()
    expect(await Promise.all(bodies.map(({ id }) => times(id)))).toEqual(bodies.map(() => '1'))
  })
})
