import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { Called, OrderEvent } from '../../schemas/events/order-event.ts'
import type { Intent, LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import { exceptionCatalogue } from '../exceptions/catalogue.ts'
import { exceptionKey } from '../exceptions/raise.ts'
import { after, latest } from '../instant.ts'
import { forgottenState } from '../privacy/forgotten.ts'
import { holding, type StockStep } from '../stock/holding.ts'
import { adopt } from './adopt.ts'
import { withParcel } from './allot.ts'
import { isBlocked } from './claims.ts'
import {
  attempted,
  change,
  letIn,
  mapped,
  over,
  reopened,
  rested,
  retried,
  unlessCancelled,
  unwoken,
  withdraw,
  woken,
} from './intents.ts'
import { balanced, forWarehouse, takenBack } from './lines.ts'
import { desiredDigest, inRound, parcelIn, roundOf } from './state.ts'

/** Seconds that the sweeper leaves to messages that are already in flight. */
const grace = 60

/** Seconds until a refused effect is tried again, in case the cause was fixed at the system. */
const secondThought = 3600

/** Command ids remembered; a command repeated later than that is decided by what it would still change. */
const remembered = 20

type Evolution = {
  readonly [T in OrderEvent['type']]: (
    state: OrderState,
    event: Extract<OrderEvent, { readonly type: T }>,
    at: Instant,
  ) => OrderState
}

/** The state after one event learned at `at`. Pure and total; the decision was made before. */
export function evolve(state: OrderState, event: OrderEvent, at: Instant): OrderState {
  // The table is keyed by the event's own type, which TypeScript cannot follow through an index.
  const step = evolution[event.type] as (s: OrderState, e: OrderEvent, at: Instant) => OrderState
  return step(state, event, at)
}

const evolution: Evolution = {
  'order.captured': (state, event) => adopt(state, event),
  'order.amended': (state, event, at) => ({
    ...adopt(state, event),
    intents: retried(state.intents, at),
  }),
  'order.edited': (state, event, at) => ({
    ...remember(adopt(state, event), event.id),
    edited: true,
    intents: woken(state.intents, at),
  }),
  'order.seen': (state, { version, authority, digest, receivedAt, problems, awaiting }) => ({
    ...state,
    problems,
    ...(state.seen && {
      seen: {
        ...state.seen,
        version,
        authority,
        digest,
        awaiting,
        ...(receivedAt !== undefined && { receivedAt }),
      },
    }),
  }),
  'order.routed': (state, { route }) => ({
    ...state,
    route,
    problems: state.problems.filter(({ code }) => code !== 'no-route'),
  }),
  'route.sought': (state, { nextAt }) => ({ ...state, routeAt: nextAt }),
  'order.cancel-requested': (state, { requestedAt, by, reason }, at) =>
    balanced({
      ...state,
      cancelRequestedAt: requestedAt,
      cancelledBy: by,
      ...(reason !== undefined && { cancelReason: reason }),
      intents: woken(state.intents, at),
    }),
  'order.cancelled': (state, _event, at) =>
    balanced({
      ...state,
      cancelledAt: at,
      intents: mapped(state.intents, (intent) =>
        isBlocked({ ...state, cancelledAt: at }, intent) ? withdraw(intent) : intent,
      ),
    }),
  'lines.withdrawn': (state, { lines }) => {
    const units = new Map(lines.map(({ id, removed }) => [id, removed]))
    return withLines(state, (line) => ({
      ...line,
      cancelledHere: units.get(line.id) ?? line.cancelledHere,
    }))
  },
  'order.held': (state, { reason }) => ({ ...state, held: reason }),
  'order.resumed': ({ held: _, ...state }) => state,
  'people.erased': (state, { request }, at) =>
    forgottenState({ ...state, erased: state.erased ?? { at, request } }),
  'command.given': (state, { id }) => remember(state, id),

  'effect.requested': (state, { intentId, effect, connection, shipmentId, wakeAt }) => {
    const known = state.intents[intentId]
    const fresh: Intent = {
      ...freshIntent(effect, connection),
      ...(shipmentId !== undefined && { shipmentId }),
    }
    const nudged = known ? { ...reopened(known), resends: known.resends + 1 } : fresh
    return { ...state, intents: { ...state.intents, [intentId]: { ...nudged, wakeAt } } }
  },
  'effect.scheduled': (state, { intentId, effect, connection, notBefore }) => ({
    ...state,
    intents: {
      ...state.intents,
      [intentId]: { ...freshIntent(effect, connection), notBefore, wakeAt: notBefore },
    },
  }),
  'effect.advanced': (state, { intentId, steps }) =>
    change(state, intentId, (intent) => ({ ...intent, steps: { ...intent.steps, ...steps } })),
  'effect.woken': (state, { intentId }, at) =>
    change(state, intentId, ({ notBefore: _, ...intent }) => ({ ...reopened(intent), wakeAt: at })),
  'effect.withdrawn': (state, { intentId }) => change(state, intentId, withdraw),
  'effect.sent': (state, event) => {
    const { intentId, epoch, leaseUntil, look, acknowledged, called } = event
    const claimed = change(state, intentId, (intent) => ({
      ...letIn(intent),
      state: 'sent',
      epoch,
      leaseUntil,
      look,
      // Only ever moved later: the queue redelivers the hint of a worker that died, and every change is an index
      // write.
      wakeAt: latest(intent.wakeAt, after(leaseUntil, grace)),
      ...attempted(intent, acknowledged, look),
    }))
    const effect = state.intents[intentId]?.effect
    return effect && effectCatalogue[effect].copy === 'wms'
      ? asked(withNames(claimed, called), look)
      : claimed
  },
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
  'effect.deferred': (state, { intentId, until }) =>
    change(state, intentId, (intent) => ({
      ...intent,
      awaitedUntil: until,
      wakeAt: latest(intent.wakeAt, after(until, grace)),
    })),
  'effect.doubted': (state, { intentId, notBefore, reason }) =>
    change(state, intentId, (intent) => ({
      ...rested(intent),
      state: 'doubt',
      doubted: true,
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
        wakeAt: after(at, secondThought * 2 ** Math.min(intent.resends, 4)),
      }),
    ),

  'order.accepted': posted,
  'order.withdrawn': (state, event) => {
    const { mismatch: _, ...acknowledged } = state.acknowledged
    return { ...finish(state, event), acknowledged }
  },
  'amendment.posted': posted,
  'duplicates.checked': finish,
  'order.released': released,
  'release.amended': released,
  'release.cancelled': (before, event) => {
    // The warehouse's notices about this release do not apply to the next.
    const { warehouse: _, backorder: __, ...state } = before
    const { wms: ___, ...acknowledged } = state.acknowledged
    return withLines({ ...finish(state, event), acknowledged }, (line) => ({
      ...line,
      released: line.shipped,
      shippedEarlier: line.shipped,
    }))
  },
  'release.completed': (before) => {
    const { warehouse: _, backorder: __, ...state } = before
    const { wms: ___, ...acknowledged } = state.acknowledged
    const next = { ...state, acknowledged, completed: (state.completed ?? 0) + 1 }
    return withLines(next, (line) => ({ ...line, shippedEarlier: line.shipped }))
  },
  'sale.accepted': (state, event) => {
    const done = finish(state, event)
    return done.seen ? { ...done, seen: { ...done.seen, awaiting: false } } : done
  },
  'sale.cancelled': (state, event) => {
    // As decided when the effect was claimed; more units may have been cancelled since.
    const told: Record<string, number> = event.acknowledged
      ? JSON.parse(event.acknowledged)
      : takenBack(state)
    return withLines(finish(state, event), (line) => ({
      ...line,
      cancelReported: Math.max(line.cancelReported, told[line.id] ?? 0),
    }))
  },
  'shipment.posted': finish,
  'shipment.published': finish,

  'shipment.confirmed': (state, { shipment, earlier, acknowledged }) =>
    packed(sent(state, shipment.id, acknowledged), shipment, earlier),
  'shipment.seen': (state, { shipmentId, revisedAt }) => {
    const known = state.shipments[shipmentId]
    if (!known) return state
    return { ...state, shipments: { ...state.shipments, [shipmentId]: { ...known, revisedAt } } }
  },
  'shipment.corrected': (state, { shipment }) => packed(state, shipment),
  'release.held': (state, { reason, since }) => ({
    ...state,
    warehouse: { held: true, reason, since },
  }),
  'release.resumed': (state, { since }) => ({
    ...state,
    warehouse: { held: false, reason: '', since },
  }),
  'release.backordered': (state, { since, expectedAt, lines }) =>
    balanced({ ...state, backorder: { since, lines, ...(expectedAt && { expectedAt }) } }),

  'stock.sought': (state, { articles, short, whole, wakeAt }, at) => {
    const { since = at, reservations = [] } = state.stock ?? {}
    const waits = short.length > 0 && { since }
    const stock = { articles, short, whole, reservations, ...waits, ...(wakeAt && { wakeAt }) }
    return balanced({ ...state, stock })
  },
  'stock.reserved': held,
  'stock.released': held,
  'stock.consumed': held,
  'stock.returned': held,

  'exception.raised': (state, { code, subject, owner, reason, deadline }, at) => ({
    // Only a person can answer, so it is not requested again.
    ...(code === 'in-doubt' ? change(state, subject, unwoken) : state),
    exceptions: {
      ...state.exceptions,
      [exceptionKey(code, subject)]: { code, subject, owner, reason, raisedAt: at, deadline },
    },
  }),
  'exception.cleared': (state, { code, subject }, at) => ({
    ...state,
    exceptions: without(state.exceptions, exceptionKey(code, subject)),
    intents: exceptionCatalogue[code].blocks ? woken(state.intents, at) : state.intents,
  }),
  'exception.resolved': (state, { code, subject, reason }, at) => {
    const key = exceptionKey(code, subject)
    const side = exceptionCatalogue[code].resolvedAs
    const resolved = {
      ...state,
      exceptions: without(state.exceptions, key),
      resolved: { ...state.resolved, [key]: reason },
      intents: woken(state.intents, at),
      ...(side && {
        acknowledged: { ...state.acknowledged, [side]: desiredDigest(state, side) },
      }),
    }
    return code === 'cancelled-after-release' ? letGo(resolved) : resolved
  },

  'stage.opened': (state, { stage, dueAt }) => ({
    ...state,
    stages: { ...state.stages, [stage]: { dueAt, scored: false, closed: false } },
  }),
  'stage.met': (state, { stage, dueAt }) => ({
    ...state,
    stages: {
      ...state.stages,
      [stage]: { ...state.stages[stage], dueAt, scored: true, closed: true },
    },
  }),
  'stage.missed': (state, { stage, dueAt }) => ({
    ...state,
    stages: {
      ...state.stages,
      [stage]: { ...state.stages[stage], dueAt, scored: true, closed: false },
    },
  }),
  'stage.closed': (state, { stage }) => {
    const known = state.stages[stage]
    if (!known) return state
    return { ...state, stages: { ...state.stages, [stage]: { ...known, closed: true } } }
  },

  'fact.kept': (state, { key, fact }) => ({
    ...state,
    deferredFacts: { ...state.deferredFacts, [key]: fact },
  }),
  'fact.used': (state, { key }) => ({ ...state, deferredFacts: without(state.deferredFacts, key) }),
}

function withNames(state: OrderState, called: readonly Called[] | undefined): OrderState {
  if (!called) return state
  const names = new Map(called.map(({ id, ...there }) => [id, there]))
  return withLines(state, (line) => {
    const there = names.get(line.id)
    return there ? { ...line, called: there } : line
  })
}

const remember = (state: OrderState, id: string): OrderState => ({
  ...state,
  commands: [...state.commands, id].slice(-remembered),
})

const freshIntent = (effect: Intent['effect'], connection: Intent['connection']): Intent => ({
  effect,
  connection,
  state: 'pending',
  epoch: 0,
  attempts: 0,
  resends: 0,
})

interface Done {
  readonly intentId: string
  readonly reference: Reference
  readonly acknowledged?: string | undefined
}

function finish(state: OrderState, event: Done): OrderState {
  return change(state, event.intentId, (intent) => {
    const { trouble: _, steps: __, ...rest } = over(intent)
    return { ...rest, state: 'done', reference: event.reference }
  })
}

function posted(state: OrderState, event: Done): OrderState {
  const { mismatch: _, ...acknowledged } = state.acknowledged
  const { acknowledged: erp, reference } = event
  const { differs: mismatch } = reference
  return {
    ...finish(state, event),
    acknowledged: {
      ...acknowledged,
      ...(erp !== undefined && { erp }),
      ...(mismatch !== undefined && { mismatch }),
    },
  }
}

/** A person had the warehouse stop the units that have not left. */
function letGo(state: OrderState): OrderState {
  const { wms: _, ...acknowledged } = state.acknowledged
  return withLines({ ...state, acknowledged }, (line) => ({ ...line, released: line.shipped }))
}

/** Units that the warehouse should have, including those that have left. */
const wantedOf = (line: LedgerLine): number =>
  line.shippable ? forWarehouse(line) + line.shippedEarlier : 0

/** The desired state may have changed since the request, and either of two attempts may have succeeded. */
const asked = (state: OrderState, look: boolean): OrderState =>
  withLines(state, (line) => ({
    ...line,
    requested: Math.max(wantedOf(line), look ? (line.requested ?? 0) : 0),
  }))

function released(state: OrderState, event: Done): OrderState {
  const done = finish(state, event)
  const { acknowledged: wms } = event
  const release = inRound('release-order', roundOf(done))
  // A parcel of this release may be reported while another is in force.
  const noted =
    wms === undefined ? done : change(done, release, (one) => ({ ...one, acknowledged: wms }))
  return withLines(
    { ...noted, acknowledged: { ...noted.acknowledged, ...(wms !== undefined && { wms }) } },
    (line) => ({ ...line, released: Math.max(line.shipped, line.requested ?? wantedOf(line)) }),
  )
}

/** How a parcel was sent, if its release says so. */
function sent(state: OrderState, shipmentId: string, given: string | undefined): OrderState {
  const parcel = parcelIn(given)
  if (parcel === undefined) return state
  const late = parcel !== state.seen?.terms.parcel && { late: true as const }
  return { ...state, sentAs: { ...state.sentAs, [shipmentId]: { parcel, ...late } } }
}

/** A parcel, or its correction, which replaces the earlier report. */
function packed(state: OrderState, shipment: Shipment, late = false): OrderState {
  const known = state.shipments[shipment.id]
  const shipments = { ...state.shipments, [shipment.id]: shipment }
  return withLines({ ...state, shipments }, (line) => {
    const after = withParcel(known ? withParcel(line, known, -1) : line, shipment, 1)
    return late
      ? { ...after, shippedEarlier: line.shippedEarlier + after.shipped - line.shipped }
      : after
  })
}

function held(state: OrderState, step: StockStep): OrderState {
  const { stock } = state
  return stock
    ? balanced({ ...state, stock: { ...stock, reservations: holding(stock.reservations, step) } })
    : state
}

const withLines = (state: OrderState, to: (line: LedgerLine) => LedgerLine): OrderState =>
  balanced({ ...state, lines: state.lines.map(to) })

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record
  return rest
}
