import { ofReport } from '../../../domain/exceptions/raise.ts'
import { type Failure, retry, wait } from '../../../domain/failure.ts'
import type { Fact, FactOf } from '../../../domain/order/facts.ts'
import { orderIdOf } from '../../../domain/order/order-id.ts'
import { recordFact } from '../../../domain/order/record-fact.ts'
import { largestOrder, sizeOf } from '../../../domain/order/size.ts'
import { read } from '../../../domain/parse.ts'
import { implausibleIn, sayImplausible } from '../../../domain/plausible.ts'
import type { Asking, Reading } from '../../../domain/reading.ts'
import type { ConnectionId, OrderId } from '../../../schemas/canonical/identity.ts'
import type { Instant } from '../../../schemas/canonical/instant.ts'
import { Order } from '../../../schemas/canonical/order.ts'
import type { IntakeMessage } from '../../../schemas/messages/intake-message.ts'
import type { PrivacyRequest } from '../../../schemas/messages/privacy-request.ts'
import { inTime } from '../in-time.ts'
import { type Context, subjectOf, type TransformMessageDeps } from '../intake.ts'
import { recordStock } from './record-stock.ts'

/** Returns the first failure that needs a retry, if any. Each reading is its own fact and may be repeated. */
export async function applyReadings(
  readings: readonly Reading[],
  message: IntakeMessage,
  deps: TransformMessageDeps,
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
  deps: TransformMessageDeps,
): Promise<Failure | undefined> {
  const at = deps.clock().toISOString()
  const { connection, receivedAt } = message
  const implausible = reading.type === 'snapshot' ? [] : implausibleIn(reading, receivedAt)
  if (implausible.length > 0) {
    const reason = `${connection} reports ${sayImplausible(implausible)}`
    return tellUnreadable(reading, reason, { message, deps })
  }
  switch (reading.type) {
    case 'nothing':
      return undefined
    case 'privacy':
      await deps.ask(requestOf(reading.asking, { connection, at }))
      return undefined
    case 'hint':
      return fetchAndTell(reading, { message, deps })
    case 'snapshot': {
      const { order } = reading
      const authority = canBeAsked(connection, deps) ? 'body' : 'sole'
      const fact = snapshotOf(order, { authority, receivedAt, at })
      if (fact.type === 'unreadable') return applyToLedger(order.id, fact, { message, deps })
      return tellSnapshot(fact, { message, deps })
    }
    case 'shipped': {
      const { orderId, shipment } = reading
      const fact: Fact = { type: 'shipped', connection, shipment, at }
      return applyToLedger(orderId, fact, { message, deps })
    }
    case 'counted':
    case 'moved': {
      const taken = await recordStock(reading, message, deps)
      return taken.ok ? undefined : tellUnreadable(reading, taken.error, { message, deps })
    }
    case 'held':
    case 'resumed':
    case 'backordered':
    case 'answered':
      return applyToLedger(reading.orderId, factOf(reading, { connection, at }), { message, deps })
  }
}

/**
 * Recorded under the order that a report names, until a report about the same subject can be processed; otherwise
 * under the message's digest.
 */
function tellUnreadable(
  reading: Reading,
  reason: string,
  { message, deps }: Context,
): Promise<Failure | undefined> {
  const { connection, body } = message
  const at = deps.clock().toISOString()
  const fact = { type: 'unreadable', connection, code: 'unreadable-payload', reason, at } as const
  if (!('orderId' in reading)) {
    return applyToLedger(subjectOf(connection, body, deps), fact, { message, deps })
  }
  const parcel = reading.type === 'shipped' ? reading.shipment.id : undefined
  const subject = ofReport(reading.type, parcel)
  return applyToLedger(reading.orderId, { ...fact, subject }, { message, deps })
}

function requestOf(
  { reference, orders, ...asking }: Asking,
  { connection, at }: { readonly connection: ConnectionId; readonly at: Instant },
): PrivacyRequest {
  return {
    ...asking,
    id: `${connection.replace('/', '.')}.${reference}`,
    connection,
    ...(orders && { orders: orders.map((order) => orderIdOf(connection, order)) }),
    by: connection,
    askedAt: at,
  }
}

type Reported = Extract<Reading, { type: 'held' | 'resumed' | 'backordered' | 'answered' }>

/** These readings are facts with the same fields. */
function factOf(reading: Reported, about: { connection: ConnectionId; at: Instant }): Fact {
  const { type, orderId: _, ...told } = reading
  // TypeScript does not see that a part and the rest of one reading belong together.
  return { type: type, ...told, ...about } as Fact
}

function snapshotOf(
  order: Order,
  { at, ...terms }: Pick<FactOf<'snapshot'>, 'authority' | 'receivedAt' | 'at'>,
): FactOf<'snapshot' | 'unreadable'> {
  const size = sizeOf(order)
  const fitting = read(Order, order)
  // A fetched order is current; a message may have waited.
  const implausible = implausibleIn(order, terms.authority === 'fetched' ? at : terms.receivedAt)
  if (fitting.ok && size <= largestOrder && implausible.length === 0)
    return { type: 'snapshot', order: fitting.value, at, ...terms }
  const reason = !fitting.ok
    ? fitting.error.reason
    : size > largestOrder
      ? `the order has ${size} bytes; the limit is ${largestOrder}`
      : `${order.connection} reports ${sayImplausible(implausible)}`
  const { connection } = order
  return { type: 'unreadable', connection, code: 'unreadable-payload', reason, at }
}

export async function applyToLedger(
  id: OrderId,
  fact: Fact,
  { message, deps }: Context,
): Promise<Failure | undefined> {
  await recordFact({ id, traceparent: message.traceparent }, fact, deps)
  return undefined
}

async function tellSnapshot(
  fact: FactOf<'snapshot'>,
  { message, deps }: Context,
): Promise<Failure | undefined> {
  const { id, channelOrderId, version } = fact.order
  const { ask } = await recordFact({ id, traceparent: message.traceparent }, fact, deps)
  return ask === 'fetch' ? fetchAndTell({ channelOrderId, version }, { message, deps }) : undefined
}

const canBeAsked = (connection: ConnectionId, { connector }: TransformMessageDeps): boolean =>
  connector(connection)?.orders?.fetchOrder !== undefined

/** Half of the function's timeout: if a batch is cut off, all its messages return and count as received. */
const fetchMs = 5_000

/** A vendor with a lagging index may not know an order or its newest version yet, so it is asked a few times. */
const patience = 5

interface Sought {
  readonly channelOrderId: string
  /** A version in the channel's message, so the fetched order cannot be older. */
  readonly version?: Instant
}

async function fetchAndTell(
  { channelOrderId, version = '' }: Sought,
  { message, deps }: Context,
): Promise<Failure | undefined> {
  const { connection, receivedAt } = message
  const orders = deps.connector(connection)?.orders
  if (!orders?.fetchOrder) return undefined
  const passage = await deps.gate(connection).enter()
  if (!passage.passes) return wait(passage.reason, passage.seconds)
  const account = inTime(passage.account, fetchMs, deps.clock)
  const answer = await orders.fetchOrder(account, channelOrderId)
  const fetched = await passage.leave(answer)
  const at = deps.clock().toISOString()
  const id = orderIdOf(connection, channelOrderId)
  const trouble = (code: FactOf<'unreadable'>['code'], reason: string) =>
    applyToLedger(id, { type: 'unreadable', connection, code, reason, at }, { message, deps })

  if (!fetched.ok) {
    const { error } = fetched
    if (error.next === 'except') return trouble(error.code, error.reason)
    if (error.next === 'halt') await trouble('connection-halted', error.reason)
    else if (message.again >= patience) await trouble('channel-unavailable', error.reason)
    return error
  }
  if (!fetched.value) {
    if (message.again < patience) return retry(`${connection} does not know this order yet`)
    return trouble(
      'order-not-found',
      'the channel sent a message about an order that it does not have',
    )
  }
  const order = fetched.value
  if (order.version < version) {
    const reason = `${connection} returned version ${order.version} of the order, older than version ${version} in its message`
    if (message.again < patience) return retry(reason)
    return trouble('channel-unavailable', reason)
  }
  const fact = snapshotOf(order, { authority: 'fetched', receivedAt, at })
  await applyToLedger(order.id, fact, { message, deps })
  return order.id === id ? undefined : applyToLedger(id, { type: 'found', at }, { message, deps })
}
