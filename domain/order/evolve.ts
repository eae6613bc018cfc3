import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionKey, exceptionRules } from './exceptions.ts'
import { toDeliver } from './state.ts'
import { after } from './time.ts'

/** Seconds the sweeper leaves to the messages that are already on their way. */
const grace = 60

/** Seconds until something a system refused is tried again, in case its cause was repaired over there. */
const secondThought = 3600

type Evolution = {
  readonly [T in OrderEvent['type']]: (
    state: OrderState,
    event: Extract<OrderEvent, { readonly type: T }>,
    at: Instant,
  ) => OrderState
}

/** The state after one event that was learned at `at`. Pure and total: deciding happened before. */
export function evolve(state: OrderState, event: OrderEvent, at: Instant): OrderState {
  // The table is keyed by the event's own type, which TypeScript cannot follow through an index.
  const step = evolution[event.type] as (s: OrderState, e: OrderEvent, at: Instant) => OrderState
  return step(state, event, at)
}

const evolution: Evolution = {
  'order.captured': (state, event) => ({ ...adopt(state, event), route: event.route }),
  'order.amended': (state, event, at) => ({
    ...adopt(state, event),
    route: event.route,
    intents: woken(state.intents, at),
  }),
  'order.seen': (state, { version, authority, digest, problems }) => ({
    ...state,
    problems,
    ...(state.seen && { seen: { ...state.seen, version, authority, digest } }),
  }),
  'order.routed': (state, { route }) => ({
    ...state,
    route,
    problems: state.problems.filter(({ code }) => code !== 'no-route'),
  }),
  'route.sought': (state, { nextAt }) => ({ ...state, routeAt: nextAt }),
  'order.cancel-requested': (state, { requestedAt, reason }) => ({
    ...state,
    cancelRequestedAt: requestedAt,
    ...(reason !== undefined && { cancelReason: reason }),
  }),
  'order.cancelled': (state, _event, at) => ({
    ...state,
    cancelledAt: at,
    lines: state.lines.map((line) => ({ ...line, cancelled: line.ordered - line.shipped })),
    intents: Object.fromEntries(
      Object.entries(state.intents).map(([id, intent]) => [id, withdraw(intent)]),
    ),
  }),

  'effect.requested': (state, { intentId, effect, connection, shipmentId, wakeAt }) => {
    const known = state.intents[intentId]
    const fresh: Intent = {
      effect,
      connection,
      ...(shipmentId !== undefined && { shipmentId }),
      state: 'pending',
      epoch: 0,
      attempts: 0,
      nudges: 0,
    }
    const nudged = known ? { ...reopened(known), nudges: known.nudges + 1 } : fresh
    return { ...state, intents: { ...state.intents, [intentId]: { ...nudged, wakeAt } } }
  },
  'effect.sent': (state, { intentId, epoch, leaseUntil, look }) =>
    change(state, intentId, (intent) => ({
      ...intent,
      state: 'sent',
      epoch,
      leaseUntil,
      look,
      wakeAt: after(leaseUntil, grace),
    })),
  'effect.postponed': (state, { intentId, attempts, notBefore, reason }) =>
    change(state, intentId, (intent) =>
      unlessCancelled(state, {
        ...rested(intent),
        state: 'pending',
        attempts,
        notBefore,
        wakeAt: after(notBefore, grace),
        trouble: reason,
      }),
    ),
  'effect.doubted': (state, { intentId, notBefore, reason }) =>
    change(state, intentId, (intent) => ({
      ...rested(intent),
      state: 'doubt',
      attempts: intent.attempts + 1,
      notBefore,
      wakeAt: after(notBefore, grace),
      trouble: reason,
    })),
  'effect.refused': (state, { intentId, reason }, at) =>
    change(state, intentId, (intent) =>
      unlessCancelled(state, {
        ...over(intent),
        state: 'refused',
        trouble: reason,
        wakeAt: after(at, secondThought * 2 ** Math.min(intent.nudges, 4)),
      }),
    ),

  'order.accepted': finish,
  'order.withdrawn': finish,
  'order.released': (state, event) => {
    const done = finish(state, event)
    const lines = done.lines.map((line) =>
      line.shippable ? { ...line, released: toDeliver(line) } : line,
    )
    return { ...done, lines }
  },
  'amendment.posted': finish,
  'release.amended': finish,
  'release.cancelled': finish,
  'sale.accepted': finish,
  'sale.cancelled': finish,
  'shipment.posted': finish,
  'shipment.published': finish,

  'shipment.confirmed': (state, { shipment }) => {
    const left = new Map(shipment.lines.map(({ id, quantity }) => [id, quantity]))
    return {
      ...state,
      shipments: { ...state.shipments, [shipment.id]: shipment },
      lines: state.lines.map((line) => ({
        ...line,
        shipped: line.shipped + (left.get(line.id) ?? 0),
      })),
    }
  },

  'exception.raised': (state, { code, subject, owner, reason, deadline }, at) => ({
    // What only a person can answer is not asked for again.
    ...(code === 'in-doubt' ? change(state, subject, unwoken) : state),
    exceptions: {
      ...state.exceptions,
      [exceptionKey(code, subject)]: { code, subject, owner, reason, raisedAt: at, deadline },
    },
  }),
  'exception.cleared': (state, { code, subject }, at) => ({
    ...state,
    exceptions: without(state.exceptions, exceptionKey(code, subject)),
    intents: exceptionRules[code].blocks ? woken(state.intents, at) : state.intents,
  }),

  'stage.opened': (state, { stage, dueAt }) => ({
    ...state,
    stages: { ...state.stages, [stage]: { dueAt, scored: false, closed: false } },
  }),
  'stage.met': (state, { stage, dueAt }) => ({
    ...state,
    stages: { ...state.stages, [stage]: { dueAt, scored: true, closed: true } },
  }),
  'stage.missed': (state, { stage, dueAt }) => ({
    ...state,
    stages: { ...state.stages, [stage]: { dueAt, scored: true, closed: false } },
  }),
  'stage.closed': (state, { stage }) => {
    const known = state.stages[stage]
    if (!known) return state
    return { ...state, stages: { ...state.stages, [stage]: { ...known, closed: true } } }
  },

  'fact.kept': (state, { key, fact }) => ({ ...state, kept: { ...state.kept, [key]: fact } }),
  'fact.used': (state, { key }) => ({ ...state, kept: without(state.kept, key) }),
}

type Terms = Extract<OrderEvent, { readonly type: 'order.captured' | 'order.amended' }>

function adopt(state: OrderState, terms: Terms): OrderState {
  const { version, authority, digest, number, currency, total, country, lines, problems } = terms
  const seen = {
    version,
    authority,
    digest,
    number,
    currency,
    total,
    ...(country !== undefined && { country }),
    posted: digest,
  }
  return { ...state, seen, lines, problems }
}

function finish(
  state: OrderState,
  event: { readonly intentId: string; readonly reference: { id: string; number?: string } },
): OrderState {
  return change(state, event.intentId, (intent) => {
    const { trouble: _, ...rest } = over(intent)
    return { ...rest, state: 'done', reference: event.reference }
  })
}

function change(state: OrderState, id: string, to: (intent: Intent) => Intent): OrderState {
  const intent = state.intents[id]
  return intent ? { ...state, intents: { ...state.intents, [id]: to(intent) } } : state
}

/** An intent that nobody works on. */
function rested({ leaseUntil: _, ...intent }: Intent): Intent {
  return intent
}

/** An intent that the sweeper leaves alone. */
function unwoken({ wakeAt: _, ...intent }: Intent): Intent {
  return intent
}

/** An intent that needs no more attention. */
function over({ notBefore: _, look: __, ...intent }: Intent): Intent {
  return rested(unwoken(intent))
}

const withdraw = (intent: Intent): Intent =>
  intent.state === 'pending' || intent.state === 'refused'
    ? { ...over(intent), state: 'withdrawn' }
    : intent

/** The order was cancelled while this was on its way, and it came to nothing. */
const unlessCancelled = ({ cancelledAt }: OrderState, intent: Intent): Intent =>
  cancelledAt && intent.effect === 'create-order' ? withdraw(intent) : intent

const reopened = (intent: Intent): Intent =>
  intent.state === 'refused' ? { ...intent, state: 'pending' } : intent

/** What waited for an exception to clear, or was refused for what has now changed, is asked for again at once. */
const woken = (intents: OrderState['intents'], at: Instant): OrderState['intents'] =>
  Object.fromEntries(
    Object.entries(intents).map(([id, intent]) => [
      id,
      intent.state === 'pending' || intent.state === 'refused' ? { ...intent, wakeAt: at } : intent,
    ]),
  )

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record
  return rest
}
