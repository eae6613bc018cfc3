import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { Called, OrderEvent, Route, SoldLine } from '../../schemas/events/order-event.ts'
import type { Intent, LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { withParcel } from './allot.ts'
import { isBlocked } from './claims.ts'
import { exceptionKey, exceptionRules } from './exceptions.ts'
import { balanced, forWarehouse } from './lines.ts'
import { mayHaveHappened, postingOf, releaseOf, stands } from './state.ts'
import { after } from './time.ts'

/** Seconds the sweeper leaves to the messages that are already on their way. */
const grace = 60

/** Seconds until something a system refused is tried again, in case its cause was repaired over there. */
const secondThought = 3600

/** Commands remembered by id; one that comes back later than that is judged by what it would still change. */
const remembered = 20

/** Settling these means that somebody brought the system up to date by hand. */
const settledAs: Readonly<Partial<Record<ExceptionCode, 'erp' | 'wms'>>> = {
  'amended-after-posting': 'erp',
  'amended-after-release': 'wms',
}

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
  'order.captured': (state, event) => adopt(state, event),
  'order.amended': (state, event, at) => ({
    ...adopt(state, event),
    intents: woken(state.intents, at),
  }),
  'order.seen': (state, { version, authority, digest, problems, awaiting }) => ({
    ...state,
    problems,
    ...(state.seen && { seen: { ...state.seen, version, authority, digest, awaiting } }),
  }),
  'order.routed': (state, { route }) => ({
    ...state,
    route,
    problems: state.problems.filter(({ code }) => code !== 'no-route'),
  }),
  'route.sought': (state, { nextAt }) => ({ ...state, routeAt: nextAt }),
  'order.cancel-requested': (state, { requestedAt, reason }, at) => ({
    ...state,
    cancelRequestedAt: requestedAt,
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
      withdrawn: units.get(line.id) ?? line.withdrawn,
    }))
  },
  'order.held': (state, { reason }) => ({ ...state, held: reason }),
  'order.resumed': ({ held: _, ...state }) => state,
  'command.given': (state, { id }) => ({
    ...state,
    commands: [...state.commands, id].slice(-remembered),
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
  'effect.woken': (state, { intentId }, at) =>
    change(state, intentId, ({ notBefore: _, ...intent }) => ({ ...reopened(intent), wakeAt: at })),
  'effect.withdrawn': (state, { intentId }) => change(state, intentId, withdraw),
  'effect.sent': (state, { intentId, epoch, leaseUntil, look, given, called }) =>
    withNames(
      change(state, intentId, (intent) => ({
        ...intent,
        state: 'sent',
        epoch,
        leaseUntil,
        look,
        wakeAt: after(leaseUntil, grace),
        ...attempted(intent, given, look),
      })),
      called,
    ),
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

  'order.accepted': posted,
  'order.withdrawn': finish,
  'amendment.posted': posted,
  'order.released': released,
  'release.amended': released,
  'release.cancelled': (state, event) => {
    const { wms: _, ...given } = state.given
    return withLines({ ...finish(state, event), given }, (line) => ({
      ...line,
      released: line.shipped,
      before: line.shipped,
    }))
  },
  'sale.accepted': (state, event) => {
    const done = finish(state, event)
    return done.seen ? { ...done, seen: { ...done.seen, awaiting: false } } : done
  },
  'sale.cancelled': (state, event) =>
    withLines(finish(state, event), (line) => ({
      ...line,
      told: Math.max(line.told, Math.min(line.withdrawn, line.cancelled)),
    })),
  'shipment.posted': finish,
  'shipment.published': finish,

  'shipment.confirmed': (state, { shipment }) => packed(state, shipment),
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
    intents: exceptionRules[code].blocks === 'nothing' ? state.intents : woken(state.intents, at),
  }),
  'exception.settled': (state, { code, subject, reason }, at) => {
    const key = exceptionKey(code, subject)
    const given = settledAs[code]
    return {
      ...state,
      exceptions: without(state.exceptions, key),
      settled: { ...state.settled, [key]: reason },
      intents: woken(state.intents, at),
      ...(given && { given: { ...state.given, [given]: stands(state, given) } }),
    }
  },

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

function adopt(state: OrderState, event: Terms): OrderState {
  const { version, authority, digest, number, currency, total, country } = event
  const { terms, awaiting, lines, problems, route } = event
  const seen = { version, authority, digest, number, currency, total, terms, awaiting }
  return balanced({
    ...state,
    seen: { ...seen, ...(country !== undefined && { country }) },
    ...routeOf(state, route),
    lines: linesOf(state, lines),
    problems,
  })
}

/** A system that has the order keeps it, wherever the amended order would go now. */
function routeOf(state: OrderState, route: Route | undefined): { readonly route?: Route } {
  const wms = mayHaveHappened(releaseOf(state)) ? state.route?.wms : route?.wms
  const erp = mayHaveHappened(postingOf(state)) ? state.route?.erp : route?.erp
  return erp && wms ? { route: { erp, wms } } : {}
}

const untouched: Omit<LedgerLine, keyof SoldLine> & { readonly sku?: string } = {
  withdrawn: 0,
  told: 0,
  cancelled: 0,
  refunded: 0,
  released: 0,
  shipped: 0,
  backordered: 0,
  before: 0,
}

/** The channel's lines with what is known of each. One that the channel dropped stays for as long as a warehouse knows it. */
function linesOf({ lines }: OrderState, sold: readonly SoldLine[]): LedgerLine[] {
  const known = new Map(lines.map((line) => [line.id, line]))
  const ids = new Set(sold.map(({ id }) => id))
  const dropped = lines
    .filter((line) => !ids.has(line.id) && (line.shipped > 0 || line.released > 0))
    .map((line) => ({ ...line, removed: line.ordered }))
  const lineOf = (line: SoldLine) => {
    const { sku: _, ...before } = known.get(line.id) ?? untouched
    return lowered({ ...untouched, ...before, ...line })
  }
  return [...sold.map(lineOf), ...dropped]
}

/** Some channels lower what was ordered rather than say what was removed; what has left was ordered all the same. */
function lowered(line: LedgerLine): LedgerLine {
  const more = Math.max(0, line.shipped + line.byChannel - line.ordered)
  return { ...line, ordered: line.ordered + more, removed: line.removed + more }
}

/** What a worker's system will have, and what it has if an earlier attempt got through unnoticed. */
function attempted(intent: Intent, given: string | undefined, look: boolean): Partial<Intent> {
  if (given === undefined) return {}
  const earlier = look ? (intent.perhapsGiven ?? intent.given) : undefined
  return { given, ...(earlier !== undefined && { perhapsGiven: earlier }) }
}

function withNames(state: OrderState, called: readonly Called[] | undefined): OrderState {
  if (!called) return state
  const names = new Map(called.map(({ id, ...there }) => [id, there]))
  return withLines(state, (line) => {
    const there = names.get(line.id)
    return there ? { ...line, called: there } : line
  })
}

interface Done {
  readonly intentId: string
  readonly reference: Reference
  readonly given?: string | undefined
}

function finish(state: OrderState, event: Done): OrderState {
  return change(state, event.intentId, (intent) => {
    const { trouble: _, ...rest } = over(intent)
    return { ...rest, state: 'done', reference: event.reference }
  })
}

function posted(state: OrderState, event: Done): OrderState {
  const { differs: _, ...given } = state.given
  const { given: erp, reference } = event
  const { differs } = reference
  return {
    ...finish(state, event),
    given: {
      ...given,
      ...(erp !== undefined && { erp }),
      ...(differs !== undefined && { differs }),
    },
  }
}

function released(state: OrderState, event: Done): OrderState {
  const done = finish(state, event)
  const { given: wms } = event
  return withLines(
    { ...done, given: { ...done.given, ...(wms !== undefined && { wms }) } },
    (line) => ({
      ...line,
      released: line.shippable ? Math.max(line.shipped, forWarehouse(line) + line.before) : 0,
    }),
  )
}

/** A parcel, or its correction, which takes the place of the one before. */
function packed(state: OrderState, shipment: Shipment): OrderState {
  const earlier = state.shipments[shipment.id]
  const shipments = { ...state.shipments, [shipment.id]: shipment }
  return withLines({ ...state, shipments }, (line) =>
    withParcel(earlier ? withParcel(line, earlier, -1) : line, shipment, 1),
  )
}

const withLines = (state: OrderState, to: (line: LedgerLine) => LedgerLine): OrderState =>
  balanced({ ...state, lines: state.lines.map(to) })

const mapped = (
  intents: OrderState['intents'],
  to: (intent: Intent) => Intent,
): OrderState['intents'] =>
  Object.fromEntries(Object.entries(intents).map(([id, intent]) => [id, to(intent)]))

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
  const { given: ___, perhapsGiven: ____, ...ended } = intent
  return rested(unwoken(ended))
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
  mapped(intents, (intent) =>
    intent.state === 'pending' || intent.state === 'refused' ? { ...intent, wakeAt: at } : intent,
  )

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record
  return rest
}
