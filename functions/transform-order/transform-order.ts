import type { Channel } from '../../channels/contract.ts'
import type { Connector } from '../../connectors/contract.ts'
import { except, type Failure, retry } from '../../domain/failure.ts'
import { ofMessage } from '../../domain/order/exceptions.ts'
import type { Fact, FactOf } from '../../domain/order/facts.ts'
import { type LearnDeps, learn } from '../../domain/order/learn.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { parse, read } from '../../domain/parse.ts'
import type { Account, Delivery, Reading } from '../../domain/plug.ts'
import type { Again, Clock } from '../../domain/ports.ts'
import { err, type Result } from '../../domain/result.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { IntakeMessage } from '../../schemas/messages/intake-message.ts'

export interface TransformOrderDeps extends LearnDeps {
  plug(connection: ConnectionId): Channel | Connector | undefined
  account(connection: ConnectionId): Account
  /** The raw body of a message, unzipped. */
  unzip(body: string): Promise<Result<string, Failure>>
  /** A short digest that names a body which nothing else names. */
  digest(text: string): string
  readonly again: Again
  readonly clock: Clock
}

export interface Transformed {
  readonly did: string
  readonly connection?: string
  readonly traceparent?: string
  readonly reason?: string
  readonly next?: string
}

/**
 * One message of a channel or system becomes facts in the ledger. What cannot be read becomes an exception under
 * the order it speaks of; what has to wait goes back to the queue as a new message, so that nothing is lost to a
 * receive count.
 */
export async function transformOrder(body: string, deps: TransformOrderDeps): Promise<Transformed> {
  const parsed = parse(IntakeMessage, body)
  if (!parsed.ok) throw new Error(`not a message of ours: ${parsed.error.reason}`)
  const message = parsed.value
  const { connection, traceparent } = message
  const fields = { connection, traceparent }

  const raw = await deps.unzip(message.body)
  const readings = raw.ok ? readingsOf({ ...message, body: raw.value }, deps) : raw
  const failure = readings.ok
    ? await tellAll(readings.value, message, deps)
    : await unreadable(readings.error, { message, raw, deps })
  if (!failure)
    return { did: readings.ok ? says(readings.value) : 'raised an exception', ...fields }

  await deps.again(
    JSON.stringify({ ...message, again: message.again + 1 }),
    delay(failure, message),
    connection,
  )
  return { did: 'put back', ...fields, next: failure.next, reason: failure.reason }
}

const says = (readings: readonly Reading[]): string =>
  readings.map((reading) => reading.says).join(', ') || 'nothing'

/** Seconds: what the failure asks for, or 2, 4, 8 … up to 15 minutes. */
const delay = (failure: Failure, { again }: IntakeMessage): number =>
  Math.min(
    900,
    failure.next === 'wait' ? Math.max(1, failure.seconds) : 2 ** Math.min(again + 1, 10),
  )

function readingsOf(
  delivery: Delivery,
  deps: TransformOrderDeps,
): Result<readonly Reading[], Failure> {
  const plug = deps.plug(delivery.connection)
  if (plug?.read) return plug.read(delivery)
  return err(except('unreadable-payload', `nothing reads messages of ${delivery.connection}`))
}

/** The first failure that asks for another try, if any. Each reading is a fact of its own and may be told twice. */
async function tellAll(
  readings: readonly Reading[],
  message: IntakeMessage,
  deps: TransformOrderDeps,
): Promise<Failure | undefined> {
  for (const reading of readings) {
    const told = await tell(reading, message, deps)
    if (told) return told
  }
  return undefined
}

async function tell(
  reading: Reading,
  message: IntakeMessage,
  deps: TransformOrderDeps,
): Promise<Failure | undefined> {
  const at = deps.clock().toISOString()
  const { connection, receivedAt } = message
  switch (reading.says) {
    case 'nothing':
      return undefined
    case 'hint':
      return fetchAndTell(reading.channelOrderId, message, deps)
    case 'snapshot': {
      const { order } = reading
      const fact = snapshotOf(order, { authority: 'body', receivedAt, at })
      if (fact.type === 'unreadable') return tellLedger(order.id, fact, { message, deps })
      return tellSnapshot(fact, message, deps)
    }
    case 'shipped': {
      const { orderId, shipment } = reading
      const fact: Fact = { type: 'shipped', connection, shipment, at }
      return tellLedger(orderId, fact, { message, deps })
    }
    case 'held': {
      const { orderId, reason } = reading
      return tellLedger(orderId, { type: 'held', connection, reason, at }, { message, deps })
    }
  }
}

/** Bytes. A DynamoDB item holds 400 KB, and an order beyond it would be tried until it is a dead letter. */
const maxOrder = 300_000

function snapshotOf(
  order: Order,
  { at, ...terms }: Pick<FactOf<'snapshot'>, 'authority' | 'receivedAt' | 'at'>,
): FactOf<'snapshot' | 'unreadable'> {
  const size = Buffer.byteLength(JSON.stringify(order))
  const fitting = read(Order, order)
  if (fitting.ok && size <= maxOrder)
    return { type: 'snapshot', order: fitting.value, at, ...terms }
  const reason = fitting.ok
    ? `the order has ${size} bytes, and the ledger keeps ${maxOrder} at most`
    : fitting.error.reason
  const { connection } = order
  return { type: 'unreadable', connection, code: 'unreadable-payload', reason, at }
}

interface Context {
  readonly message: IntakeMessage
  readonly deps: TransformOrderDeps
}

async function tellLedger(
  id: OrderId,
  fact: Fact,
  { message, deps }: Context,
): Promise<Failure | undefined> {
  const { ask } = await learn({ id, traceparent: message.traceparent }, fact, deps)
  return ask === 'later'
    ? retry('a post of this order is on its way; its end comes first')
    : undefined
}

async function tellSnapshot(
  fact: FactOf<'snapshot'>,
  message: IntakeMessage,
  deps: TransformOrderDeps,
): Promise<Failure | undefined> {
  const { id, channelOrderId } = fact.order
  const { ask } = await learn({ id, traceparent: message.traceparent }, fact, deps)
  if (ask === 'fetch') return fetchAndTell(channelOrderId, message, deps)
  return ask === 'later'
    ? retry('a post of this order is on its way; its end comes first')
    : undefined
}

/** A vendor that indexes late may not know an order at once, so a missing one is asked for a few times. */
const patience = 5

async function fetchAndTell(
  channelOrderId: string,
  message: IntakeMessage,
  deps: TransformOrderDeps,
): Promise<Failure | undefined> {
  const { connection, receivedAt } = message
  const plug = deps.plug(connection)
  if (plug?.kind !== 'channel') return undefined
  const fetched = await plug.fetchOrder(deps.account(connection), channelOrderId)
  const at = deps.clock().toISOString()
  const id = orderIdOf(connection, channelOrderId)
  const trouble = (code: FactOf<'unreadable'>['code'], reason: string) =>
    tellLedger(id, { type: 'unreadable', connection, code, reason, at }, { message, deps })

  if (!fetched.ok) {
    const { error } = fetched
    if (error.next === 'except') return trouble(error.code, error.reason)
    if (error.next === 'halt') await trouble('connection-halted', error.reason)
    else if (message.again >= patience) await trouble('channel-unavailable', error.reason)
    return error
  }
  if (!fetched.value) {
    if (message.again < patience) return retry(`${connection} does not know this order yet`)
    return trouble('order-not-found', 'the channel spoke of an order it does not have')
  }
  const order = fetched.value
  const fact = snapshotOf(order, { authority: 'fetched', receivedAt, at })
  return tellLedger(order.id, fact, { message, deps })
}

interface Unread extends Context {
  readonly raw: Result<string, Failure>
}

/** An exception under the order's own id when the body shows one, else under the body's digest. */
async function unreadable(
  failure: Failure,
  { message, raw, deps }: Unread,
): Promise<Failure | undefined> {
  const { connection } = message
  const id = subjectOf(connection, raw.ok ? raw.value : message.body, deps)
  const code = failure.next === 'except' ? failure.code : 'unreadable-payload'
  const at = deps.clock().toISOString()
  const fact: Fact = { type: 'unreadable', connection, code, reason: failure.reason, at }
  return tellLedger(id, fact, { message, deps })
}

/** What a body is about, as far as one can tell. */
function subjectOf(connection: ConnectionId, text: string, deps: TransformOrderDeps): OrderId {
  const plug = deps.plug(connection)
  const named = plug?.kind === 'channel' ? plug.nameOf?.(text) : undefined
  return orderIdOf(connection, named ?? `unreadable-${deps.digest(text)}`)
}

/** Tells the ledger that a message went to the dead letters, and why, under the order it is about. */
export async function buryMessage(
  body: string,
  reason: string,
  deps: TransformOrderDeps,
): Promise<void> {
  const message = parse(IntakeMessage, body)
  if (!message.ok) return
  const { connection, traceparent } = message.value
  const raw = await deps.unzip(message.value.body)
  const id = subjectOf(connection, raw.ok ? raw.value : message.value.body, deps)
  const at = deps.clock().toISOString()
  await learn(
    { id, traceparent },
    { type: 'dead-letter', connection, subject: ofMessage, reason, at },
    deps,
  )
}
