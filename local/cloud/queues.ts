import { AsyncLocalStorage } from 'node:async_hooks'
import { type AwsAnswer, type AwsCall, type AwsService, jsonAnswer } from './aws-call.ts'
import type { Faults } from './faults.ts'
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
import { type LiveQueue, liveQueue } from './live-queue.ts'
import type { Model, Resource } from './model.ts'
import { answerMoveTask, type MoveTasks, moveTasks } from './move-tasks.ts'
import type { Question } from './policy.ts'
import type { TimeScale } from './time-scale.ts'

/** A message on its way into a queue. */
interface Outgoing {
  readonly body: string
  readonly attributes?: Record<string, MessageAttributeValue>
  readonly groupId?: string
}

/** The queues of the assembly, inside this process. */
export interface Queues {
  readonly service: AwsService
  /** Puts a message into the queue with this ARN and returns its id; throws when SQS would refuse it. */
  send(arn: string, message: Outgoing): string
  /** The queue with this ARN; throws when it does not exist. */
  find(arn: string): LiveQueue
  /** True while messages are being moved. */
  moving(): boolean
  close(): void
}

/** Creates the queues of the model, with the messages they held before. */
export function openQueues(
  model: Model,
  fauxqs: Fauxqs,
  given: { readonly time: TimeScale; readonly observe: Observe; readonly faults: Faults },
): Queues {
  const store = fauxqs.sqs
  const live = new Map<string, LiveQueue>()
  const origins = new WeakMap<SqsMessage, string>()
  const byArn = (arn: string) => store.getQueueByArn(arn)
  for (const resource of model.of('AWS::SQS::Queue')) {
    const queue = ensureQueue(store, resource)
    live.set(queue.arn, liveQueue(queue, { ...given, origins, byArn, groupIdOf: takeGroupId }))
  }
  const find = (arn: string): LiveQueue => {
    const found = byArn(arn) && live.get(arn)
    if (found) return found
    throw new Error(`queue ${arn} does not exist`)
  }
  const send: Queues['send'] = (arn, outgoing) => sendTo(find(arn).queue, outgoing)
  const tasks = moveTasks(store, { send, origins })
  return {
    send,
    find,
    service: sqsService(fauxqs, tasks),
    moving: tasks.busy,
    close: () => {
      tasks.close()
      for (const one of live.values()) one.wake()
    },
  }
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
