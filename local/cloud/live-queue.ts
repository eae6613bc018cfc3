import { makeBell } from './bell.ts'
import type { Faults } from './faults.ts'
import type { InflightEntry, SqsMessage, SqsQueue } from './fauxqs-stores.ts'
import type { Observe } from './happening.ts'
import type { TimeScale } from './time-scale.ts'

/** A message as an event source receives it. */
export interface Received {
  readonly receiptHandle: string
  readonly message: SqsMessage
}

/** A queue of fauxqs that wakes who waits for it, keeps the cloud's time and tells what it gives up on. */
export interface LiveQueue {
  readonly queue: SqsQueue
  /** Takes messages for an event source; they stay hidden for the visibility timeout in real time at least. */
  take(max: number): readonly Received[]
  remove(receiptHandles: readonly string[]): void
  /** Lets messages come back when their visibility timeout, in the cloud's time, is over. */
  release(receiptHandles: readonly string[]): void
  /** Resolves when a message may be there to take, after `within` milliseconds, or when `signal` is aborted. */
  arrival(signal: AbortSignal, within: number): Promise<void>
  depth(): { readonly visible: number; readonly hidden: number }
  /** Ends every wait. */
  wake(): void
}

interface Given {
  readonly time: TimeScale
  readonly observe: Observe
  readonly faults: Faults
  /** The queue each dead letter came from. */
  readonly origins: WeakMap<SqsMessage, string>
  readonly byArn: (arn: string) => SqsQueue | undefined
  /** The message group id that a sender gave to a message with this body. */
  readonly groupIdOf: (body: string) => string | undefined
}

/** Wraps a queue in place, so that requests of SDK clients pass here too. */
export function liveQueue(queue: SqsQueue, given: Given): LiveQueue {
  const { time } = given
  const bell = makeBell()
  const wake = bell.ring
  const enqueue = queue.enqueue.bind(queue)
  const dequeue = queue.dequeue.bind(queue)
  const changeVisibility = queue.changeVisibility.bind(queue)
  const deleteMessage = queue.deleteMessage.bind(queue)
  /** Entries whose visibility a client has set itself, and when the others were taken. */
  const changed = new WeakSet<InflightEntry>()
  const takenAt = new WeakMap<InflightEntry, number>()
  const visibility = () => Number(queue.attributes['VisibilityTimeout'])
  queue.enqueue = (message) => {
    const now = Date.now()
    if (message.delayUntil !== undefined && message.delayUntil > now) {
      message.delayUntil = now + time.ms(message.delayUntil - now)
    }
    message.messageGroupId ??= given.groupIdOf(message.body)
    for (const one of deliveries(queue, message, given)) enqueue(one)
    wake()
  }
  queue.dequeue = (max, seconds, byArn) => {
    const resolver = byArn && tellDeadLetters(queue, given)
    const messages = dequeue(max, time.ms(seconds ?? visibility()), resolver)
    if (messages.length > 0) wake()
    return messages
  }
  queue.changeVisibility = (handle, seconds) => {
    const entry = queue.inflightMessages.get(handle)
    if (entry) changed.add(entry)
    changeVisibility(handle, time.ms(seconds))
    wake()
  }
  queue.deleteMessage = (handle) => {
    const deleted = deleteMessage(handle)
    if (queue.isFifo()) wake()
    return deleted
  }
  return {
    queue,
    wake,
    take: (max) =>
      // A shortened timeout would pass while the function, whose time is real, still works.
      dequeue(max, visibility(), tellDeadLetters(queue, given)).flatMap(({ ReceiptHandle }) => {
        const entry = queue.inflightMessages.get(ReceiptHandle)
        if (!entry) return []
        takenAt.set(entry, Date.now())
        return [{ receiptHandle: ReceiptHandle, message: entry.message }]
      }),
    remove: (handles) => {
      for (const handle of handles) queue.deleteMessage(handle)
    },
    release: (handles) => {
      for (const handle of handles) {
        const entry = queue.inflightMessages.get(handle)
        if (!entry || changed.has(entry)) continue
        entry.visibilityDeadline = (takenAt.get(entry) ?? 0) + time.ms(visibility() * 1_000)
      }
      wake()
    },
    arrival: (signal, within) => bell.wait(Math.min(within, untilNext(queue)), signal),
    depth: () => depthOf(queue),
  }
}

/** Standard queues deliver at least once, in an order of their own. */
function deliveries(
  queue: SqsQueue,
  message: SqsMessage,
  { faults, time, origins }: Given,
): readonly SqsMessage[] {
  if (queue.isFifo() || origins.has(message)) return [message]
  const { name } = queue
  const late = (one: SqsMessage): SqsMessage => {
    const milliseconds = time.ms(10_000 * faults.draw(`how late at ${name}`) ** 2)
    return { ...one, delayUntil: Math.max(one.delayUntil ?? 0, Date.now()) + milliseconds }
  }
  const first = faults.strikes('message late', name) ? late(message) : message
  return faults.strikes('message twice', name) ? [first, late(message)] : [first]
}

/** fauxqs asks for the dead-letter queue only to put one message into it. */
function tellDeadLetters(queue: SqsQueue, given: Given): (arn: string) => SqsQueue | undefined {
  return (arn) => {
    const target = given.byArn(arn)
    if (!target) return undefined
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

function depthOf(queue: SqsQueue): { readonly visible: number; readonly hidden: number } {
  const count = (name: Parameters<SqsQueue['getAttribute']>[0]) => Number(queue.getAttribute(name))
  return {
    visible: count('ApproximateNumberOfMessages'),
    hidden:
      count('ApproximateNumberOfMessagesNotVisible') + count('ApproximateNumberOfMessagesDelayed'),
  }
}
