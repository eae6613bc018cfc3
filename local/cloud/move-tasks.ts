import { randomUUID } from 'node:crypto'
import { type AwsAnswer, type AwsCall, jsonAnswer, jsonError } from './aws-call.ts'
import type { MessageAttributeValue, SqsMessage, SqsQueue, SqsStore } from './fauxqs-stores.ts'

/** What fauxqs lacks: moving messages out of a dead-letter queue, and asking which queues feed one. */
export interface MoveTasks {
  start(input: Input): AwsAnswer
  list(input: Input): AwsAnswer
  cancel(input: Input): AwsAnswer
  sources(input: Input): AwsAnswer
  busy(): boolean
  close(): void
}

type Input = Readonly<Record<string, unknown>>

interface Task {
  readonly handle: string
  readonly source: SqsQueue
  readonly destination: string | undefined
  readonly perSecond: number
  readonly total: number
  readonly startedAt: number
  moved: number
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'
  failure?: string
}

interface Given {
  readonly send: (
    arn: string,
    message: { body: string; attributes: Record<string, MessageAttributeValue>; groupId?: string },
  ) => string
  /** The queue SQS took a dead letter from, while it is known. */
  readonly origins: WeakMap<SqsMessage, string>
}

/** AWS moves at most this many messages per second. */
const limit = 500

/** Runs the tasks of one cloud; they end with it. */
export function moveTasks(store: SqsStore, given: Given): MoveTasks {
  const tasks: Task[] = []
  const timers = new Set<NodeJS.Timeout>()
  const run = (task: Task) => {
    if (step(task, store, given)) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        run(task)
      }, 20)
      timers.add(timer)
    }
  }
  return {
    start: (input) => {
      const made = makeTask(store, tasks, input)
      if (!('handle' in made)) return made
      tasks.unshift(made)
      run(made)
      return jsonAnswer(200, { TaskHandle: made.handle })
    },
    list: (input) => {
      const source = store.getQueueByArn(String(input['SourceArn']))
      if (!source) return notFound('SourceArn')
      const most = Number(input['MaxResults'] ?? 1)
      const found = tasks.filter((task) => task.source === source).slice(0, most)
      return jsonAnswer(200, { Results: found.map(describe) })
    },
    cancel: (input) => {
      const task = tasks.find(({ handle }) => handle === input['TaskHandle'])
      if (!task) return notFound('TaskHandle')
      if (task.status !== 'RUNNING') {
        return jsonError('UnsupportedOperation', `the task is ${task.status}, not RUNNING`)
      }
      task.status = 'CANCELLED'
      return jsonAnswer(200, { ApproximateNumberOfMessagesMoved: task.moved })
    },
    sources: (input) => {
      const queue = store.getQueue(String(input['QueueUrl']))
      if (!queue) return jsonError('QueueDoesNotExist', 'The specified queue does not exist.')
      return jsonAnswer(200, { queueUrls: sourcesOf(store, queue).map(({ url }) => url) })
    },
    busy: () => tasks.some(({ status }) => status === 'RUNNING'),
    close: () => {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** Answers the four actions; undefined for any other. */
export function answerMoveTask(tasks: MoveTasks, { action, json }: AwsCall): AwsAnswer | undefined {
  switch (action) {
    case 'StartMessageMoveTask':
      return tasks.start(json)
    case 'ListMessageMoveTasks':
      return tasks.list(json)
    case 'CancelMessageMoveTask':
      return tasks.cancel(json)
    case 'ListDeadLetterSourceQueues':
      return tasks.sources(json)
    default:
      return undefined
  }
}

function makeTask(store: SqsStore, tasks: readonly Task[], input: Input): Task | AwsAnswer {
  const source = store.getQueueByArn(String(input['SourceArn']))
  if (!source) return notFound('SourceArn')
  const destination = input['DestinationArn']
  if (destination !== undefined && !store.getQueueByArn(String(destination))) {
    return notFound('DestinationArn')
  }
  if (sourcesOf(store, source).length === 0) {
    return jsonError(
      'InvalidParameterValue',
      'Source queue must be configured as a Dead Letter Queue.',
    )
  }
  if (tasks.some((task) => task.source === source && task.status === 'RUNNING')) {
    return jsonError(
      'UnsupportedOperation',
      'There is already a task running. Only one active task is allowed for a source queue.',
    )
  }
  source.processTimers()
  const wanted = Number(input['MaxNumberOfMessagesPerSecond'] ?? limit)
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > limit) {
    return jsonError('InvalidParameterValue', `MaxNumberOfMessagesPerSecond must be 1 to ${limit}.`)
  }
  return {
    handle: randomUUID(),
    source,
    destination: destination === undefined ? undefined : String(destination),
    perSecond: wanted,
    total: Number(source.getAttribute('ApproximateNumberOfMessages')),
    startedAt: Date.now(),
    moved: 0,
    status: 'RUNNING',
  }
}

/** Moves what the rate allows by now; true while there is more to do. */
function step(task: Task, store: SqsStore, given: Given): boolean {
  if (task.status !== 'RUNNING') return false
  const elapsed = (Date.now() - task.startedAt) / 1000
  const allowed = Math.ceil((elapsed + 0.02) * task.perSecond) - task.moved
  for (let count = 0; count < allowed && task.moved < task.total; count += 1) {
    const [received] = task.source.dequeue(1, 60)
    const entry = received && task.source.inflightMessages.get(received.ReceiptHandle)
    if (!received || !entry) break
    const problem = moveOne(task, entry.message, store, given)
    if (problem !== undefined) {
      task.source.changeVisibility(received.ReceiptHandle, 0)
      task.status = 'FAILED'
      task.failure = problem
      return false
    }
    task.source.deleteMessage(received.ReceiptHandle)
    task.moved += 1
  }
  const left = Number(task.source.getAttribute('ApproximateNumberOfMessages'))
  if (task.moved < task.total && left > 0) return true
  task.status = 'COMPLETED'
  return false
}

/** A moved message is a new message with a new id; its body and attributes are kept. */
function moveOne(
  task: Task,
  message: SqsMessage,
  store: SqsStore,
  given: Given,
): string | undefined {
  const sources = sourcesOf(store, task.source)
  const origin = given.origins.get(message)
  const only = sources.length === 1 ? sources[0]?.arn : undefined
  const target = task.destination ?? origin ?? only
  if (target === undefined) return 'CouldNotDetermineMessageSource'
  given.send(target, {
    body: message.body,
    attributes: message.messageAttributes,
    ...(message.messageGroupId === undefined ? {} : { groupId: message.messageGroupId }),
  })
  return undefined
}

/** The queues whose redrive policy names this one. */
function sourcesOf(store: SqsStore, queue: SqsQueue): readonly SqsQueue[] {
  return [...store.allQueues()].filter(({ attributes }) => {
    const policy = attributes['RedrivePolicy']
    return policy !== undefined && JSON.parse(policy).deadLetterTargetArn === queue.arn
  })
}

function describe(task: Task): Readonly<Record<string, unknown>> {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.source.arn,
    ...(task.destination === undefined ? {} : { DestinationArn: task.destination }),
    MaxNumberOfMessagesPerSecond: task.perSecond,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.total,
    ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  }
}

function notFound(parameter: string): AwsAnswer {
  return jsonError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  )
}
