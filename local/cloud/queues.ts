import { AsyncLocalStorage } from 'node:async_hooks'
import { type AwsAnswer, type AwsCall, type AwsService, jsonAnswer } from './aws-call.ts'
import {
  calculateMessageSize,
  type Fauxqs,
  INVALID_MESSAGE_BODY_CHAR,
  type MessageAttributeValue,
  type SqsMessage,
  type SqsQueue,
  SqsStore,
} from './fauxqs-stores.ts'
import type { Observe } from './happening.ts'
import type { Model, Resource } from './model.ts'
import { answerMoveTask, type MoveTasks, moveTasks } from './move-tasks.ts'
import type { Question } from './policy.ts'
import type { TimeScale } from './time-scale.ts'

/** A message on its way into a queue. */
export interface Outgoing {
  readonly body: string
  readonly attributes?: Record<string, MessageAttributeValue>
  readonly groupId?: string
}

/** A message as an event source receives it. */
export interface Received {
  readonly receiptHandle: string
  readonly message: SqsMessage
}

/** The queues of the assembly, inside this process. */
export interface Queues {
  readonly service: AwsService
  /** Puts a message into the queue with this ARN and returns its id; throws when SQS would refuse it. */
  send(arn: string, message: Outgoing): string
  receive(arn: string, max: number): readonly Received[]
  remove(arn: string, receiptHandles: readonly string[]): void
  /** Resolves when a message may be there to receive, or when `signal` is aborted. */
  arrival(arn: string, signal: AbortSignal): Promise<void>
  depth(arn: string): { readonly visible: number; readonly hidden: number }
  /** True while messages are being moved. */
  moving(): boolean
  close(): void
}

/** Creates the queues of the model, with the messages they held before. */
export function openQueues(
  model: Model,
  fauxqs: Fauxqs,
  given: { readonly time: TimeScale; readonly observe: Observe },
): Queues {
  const store = fauxqs.sqs
  const bells = new Map<string, Bell>()
  const origins = new WeakMap<SqsMessage, string>()
  for (const resource of model.of('AWS::SQS::Queue')) {
    const queue = ensureQueue(store, resource)
    bells.set(queue.arn, wire(queue, { ...given, origins }))
  }
  const find = (arn: string): SqsQueue => {
    const queue = store.getQueueByArn(arn)
    if (queue) return queue
    throw new Error(`queue ${arn} does not exist`)
  }
  const send: Queues['send'] = (arn, outgoing) => sendTo(find(arn), outgoing)
  const tasks = moveTasks(store, { send, origins })
  const resolver = (arn: string) => store.getQueueByArn(arn)
  return {
    send,
    service: sqsService(fauxqs, tasks),
    receive: (arn, max) => receiveFrom(find(arn), max, resolver),
    remove: (arn, handles) => {
      const queue = find(arn)
      for (const handle of handles) queue.deleteMessage(handle)
    },
    arrival: (arn, signal) => bells.get(arn)?.wait(signal) ?? Promise.resolve(),
    depth: (arn) => depthOf(find(arn)),
    moving: tasks.busy,
    close: () => {
      tasks.close()
      for (const bell of bells.values()) bell.close()
    },
  }
}

/** Rings when a queue may have something to receive. */
interface Bell {
  ring(): void
  wait(signal: AbortSignal): Promise<void>
  close(): void
}

function ensureQueue(
  store: SqsStore,
  { attributes, properties }: Resource<'AWS::SQS::Queue'>,
): SqsQueue {
  const { Ref: url, Arn: arn = '', QueueName: name = '' } = attributes
  const wanted = Object.fromEntries(
    shownAttributes.flatMap((key) => {
      const value = properties[key]
      if (value === undefined) return []
      return [[key, typeof value === 'object' ? JSON.stringify(value) : String(value)]]
    }),
  )
  const existing = store.getQueueByArn(arn)
  if (!existing) return store.createQueue(name, url, arn, wanted)
  // The port of the address may be another one than before.
  Object.assign(existing, { url })
  existing.setAttributes({ RedrivePolicy: '', ...wanted })
  // Whoever had received these messages ended with the host.
  for (const entry of existing.inflightMessages.values()) entry.visibilityDeadline = 0
  existing.processTimers()
  return existing
}

const shownAttributes = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
] as const

/** Lets a queue ring, shortens its waits and tells what it gives up on. */
function wire(
  queue: SqsQueue,
  given: {
    readonly time: TimeScale
    readonly observe: Observe
    readonly origins: WeakMap<SqsMessage, string>
  },
): Bell {
  const bell = bellOf(queue)
  const { time } = given
  const enqueue = queue.enqueue.bind(queue)
  const dequeue = queue.dequeue.bind(queue)
  const changeVisibility = queue.changeVisibility.bind(queue)
  const deleteMessage = queue.deleteMessage.bind(queue)
  queue.enqueue = (message) => {
    const now = Date.now()
    if (message.delayUntil !== undefined && message.delayUntil > now) {
      message.delayUntil = now + time.ms(message.delayUntil - now)
    }
    message.messageGroupId ??= takeGroupId(message.body)
    enqueue(message)
    bell.ring()
  }
  queue.dequeue = (max, visibility, resolver) => {
    const seconds = visibility ?? Number(queue.attributes['VisibilityTimeout'])
    const messages = dequeue(
      max,
      time.ms(seconds),
      resolver && tellDeadLetters(queue, resolver, given),
    )
    if (messages.length > 0) bell.ring()
    return messages
  }
  queue.changeVisibility = (handle, seconds) => {
    changeVisibility(handle, time.ms(seconds))
    bell.ring()
  }
  queue.deleteMessage = (handle) => {
    const deleted = deleteMessage(handle)
    if (queue.isFifo()) bell.ring()
    return deleted
  }
  return bell
}

function tellDeadLetters(
  queue: SqsQueue,
  resolver: (arn: string) => SqsQueue | undefined,
  given: { readonly observe: Observe; readonly origins: WeakMap<SqsMessage, string> },
): (arn: string) => SqsQueue | undefined {
  return (arn) => {
    const target = resolver(arn)
    if (!target) return undefined
    // dequeue asks for the dead-letter queue only to put one message into it.
    const enqueue = (message: SqsMessage) => {
      given.origins.set(message, queue.arn)
      target.enqueue(message)
      given.observe({
        kind: 'dead-letter',
        from: queue.name,
        to: target.name,
        messageId: message.messageId,
        reason: `received ${message.approximateReceiveCount - 1} times`,
      })
    }
    return Object.create(target, { enqueue: { value: enqueue } })
  }
}

function bellOf(queue: SqsQueue): Bell {
  const waiting = new Set<() => void>()
  const ring = () => {
    for (const wake of [...waiting]) wake()
  }
  return {
    ring,
    close: ring,
    wait: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, untilNext(queue))
        waiting.add(wake)
        signal.addEventListener('abort', wake)
      }),
  }
}

/** Milliseconds until a hidden or delayed message appears, at most a minute. */
function untilNext(queue: SqsQueue): number {
  const { delayed, inflight } = queue.inspectMessages()
  const due = [
    ...delayed.map(({ delayUntil }) => delayUntil ?? 0),
    ...inflight.map(({ visibilityDeadline }) => visibilityDeadline),
  ]
  const next = due.reduce((earliest, at) => Math.min(earliest, at), Date.now() + 60_000)
  return Math.max(1, next - Date.now())
}

function sendTo(queue: SqsQueue, outgoing: Outgoing): string {
  const { body, attributes = {}, groupId } = outgoing
  if (INVALID_MESSAGE_BODY_CHAR.test(body)) throw new Error('the body has characters SQS refuses')
  if (calculateMessageSize(body, attributes) > Number(queue.attributes['MaximumMessageSize'])) {
    throw new Error(`the message is larger than ${queue.attributes['MaximumMessageSize']} bytes`)
  }
  const delay = Number(queue.attributes['DelaySeconds'])
  const fifo = queue.isFifo()
  const message = SqsStore.createMessage(
    body,
    attributes,
    delay > 0 ? delay : undefined,
    groupId ?? (fifo ? 'default' : undefined),
    fifo ? SqsStore.contentBasedDeduplicationId(body) : undefined,
  )
  if (fifo) message.sequenceNumber = queue.nextSequenceNumber()
  queue.enqueue(message)
  return message.messageId
}

function receiveFrom(
  queue: SqsQueue,
  max: number,
  resolver: (arn: string) => SqsQueue | undefined,
): readonly Received[] {
  return queue.dequeue(max, undefined, resolver).flatMap(({ ReceiptHandle }) => {
    const entry = queue.inflightMessages.get(ReceiptHandle)
    return entry ? [{ receiptHandle: ReceiptHandle, message: entry.message }] : []
  })
}

function depthOf(queue: SqsQueue): { readonly visible: number; readonly hidden: number } {
  const count = (name: Parameters<SqsQueue['getAttribute']>[0]) => Number(queue.getAttribute(name))
  return {
    visible: count('ApproximateNumberOfMessages'),
    hidden:
      count('ApproximateNumberOfMessagesNotVisible') + count('ApproximateNumberOfMessagesDelayed'),
  }
}

/** The entries of the sends in progress: fauxqs drops their message group ids on standard queues. */
const sending = new AsyncLocalStorage<Entry[]>()

interface Entry {
  readonly MessageBody?: string
  readonly MessageGroupId?: string
}

function takeGroupId(body: string): string | undefined {
  const entries = sending.getStore() ?? []
  const index = entries.findIndex(({ MessageBody }) => MessageBody === body)
  return index < 0 ? undefined : entries.splice(index, 1)[0]?.MessageGroupId
}

function sqsService(fauxqs: Fauxqs, tasks: MoveTasks): AwsService {
  return {
    needs: (call) => needsOfQueue(fauxqs.sqs, call),
    denied: (message) =>
      jsonAnswer(
        403,
        { __type: 'com.amazon.coral.service#AccessDeniedException', message, Message: message },
        { 'x-amzn-query-error': 'AccessDenied;Sender' },
      ),
    answer: async (call) => {
      const moved = answerMoveTask(tasks, call)
      if (moved) return moved
      return sending.run(entriesOf(call), () => inject(fauxqs, call))
    },
  }
}

function entriesOf({ action, json }: AwsCall): Entry[] {
  if (!action.startsWith('SendMessage')) return []
  const entries = action === 'SendMessageBatch' ? json['Entries'] : [json]
  return Array.isArray(entries) ? [...entries] : []
}

/** Hands a request to fauxqs as if it had come over the wire. */
export async function inject(fauxqs: Fauxqs, call: AwsCall): Promise<AwsAnswer> {
  const reply = await fauxqs.app.inject({
    method: call.method as 'POST',
    url: call.url,
    headers: call.headers,
    payload: call.body,
  })
  const headers = Object.entries(reply.headers).flatMap(([name, value]) =>
    value === undefined || hopByHop.includes(name) ? [] : [[name, String(value)]],
  )
  return {
    status: reply.statusCode,
    headers: Object.fromEntries(headers),
    body: reply.rawPayload,
  }
}

const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']

/** Batches are allowed by the action of their items. */
function needsOfQueue(store: SqsStore, { action, json }: AwsCall): readonly Question[] {
  const url = json['QueueUrl']
  const name = String(json['QueueName'] ?? '')
  const queue = typeof url === 'string' ? store.getQueue(url) : store.getQueueByName(name)
  const given = json['SourceArn'] ?? url ?? '*'
  return [{ action: `sqs:${action.replace(/Batch$/, '')}`, resource: queue?.arn ?? String(given) }]
}
