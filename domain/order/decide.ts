import type { OrderLine } from '../../schemas/canonical/order.ts'
import type { OrderEvent, SoldLine } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { claimableFrom, isQueued } from './claims.ts'
import { commandEvents } from './commands.ts'
import { digestOf, termsOf } from './digest.ts'
import { evolve } from './evolve.ts'
import { ofMessage, raise, unlessStanding } from './exceptions.ts'
import type { Fact, FactOf } from './facts.ts'
import { answerEvents, outcomeEvents } from './outcome.ts'
import { type Policy, routedBy } from './policy.ts'
import { problemsOf } from './problems.ts'
import { settle } from './settle.ts'
import { shipmentEvents } from './shipments.ts'
import { capturedStage } from './stages.ts'
import { canStand } from './standing.ts'
import { mayHaveHappened, releaseOf, roundOf, sideOf, stands } from './state.ts'
import { after } from './time.ts'

export interface Decision {
  readonly events: readonly OrderEvent[]
  readonly after: OrderState
  readonly ask?: Ask
}

/** The fact cannot be judged yet: two bodies of one second differ, so the channel has to be asked for the truth. */
export type Ask = 'fetch'

/** What a fact means for an order, with everything that follows from it. Pure: time comes with the fact. */
export function decide(before: OrderState, fact: Fact, policy: Policy): Decision {
  const meaning = interpret(before, fact, policy)
  if (typeof meaning === 'string') return { events: [], after: before, ask: meaning }

  const told = meaning.reduce((state, event) => evolve(state, event, fact.at), before)
  if (meaning.length === 0 && fact.type !== 'deadline') {
    return { events: [], after: before }
  }
  const { events, state } = settle(told, fact.at, policy)
  return { events: [...meaning, ...events], after: state }
}

type Meaning = readonly OrderEvent[] | Ask

function interpret(state: OrderState, fact: Fact, policy: Policy): Meaning {
  switch (fact.type) {
    case 'snapshot':
      return snapshotEvents(state, fact, policy)
    case 'shipped':
      return shipmentEvents(state, fact)
    case 'held':
    case 'resumed':
      return pauseEvents(state, fact)
    case 'backordered':
      return backorderEvents(state, fact)
    case 'unreadable':
      return unreadableEvents(state, fact)
    case 'answered':
      return answerEvents(state, fact)
    case 'command':
      return commandEvents(state, fact)
    case 'claim':
      return claimEvents(state, fact)
    case 'outcome':
      return outcomeEvents(state, fact)
    case 'dead-letter':
      return deadLetterEvents(state, fact)
    case 'deadline':
      return []
  }
}

function snapshotEvents(state: OrderState, fact: FactOf<'snapshot'>, policy: Policy): Meaning {
  const { order, authority } = fact
  const routed = routedBy(order)
  const route = policy.route(routed)
  const lines = soldLines(order.lines, state)
  const version = { version: order.version, authority, digest: digestOf(order) }
  const problems = problemsOf({ order, route, state, policy })
  const standing = { ...version, problems, awaiting: order.acceptance === 'awaited' }
  const terms = {
    ...standing,
    terms: termsOf(order),
    number: order.number,
    currency: order.currency,
    total: order.total,
    lines,
    ...(routed.country !== undefined && { country: routed.country }),
    ...(route && { route }),
  }
  const cancelled = cancelRequest(state, fact)
  if (!state.seen) {
    const captured = { type: 'order.captured', ...terms, receivedAt: fact.receivedAt } as const
    const inTime = capturedStage(order.connection, fact.receivedAt, {
      at: fact.at,
      seconds: policy.stages.captured,
    })
    return [captured, inTime, ...cancelled, ...clearUnreadable(state)]
  }

  const age = compare(state.seen, version)
  if (age === 'older') return []
  // What was fetched is the truth of now; a body may be a repetition from before the trouble.
  if (age === 'unclear') return 'fetch'
  const seen = { type: 'order.seen', ...standing } as const
  if (age === 'same') {
    // The settings may have changed what the same order means.
    const other = JSON.stringify(problems) === JSON.stringify(state.problems) ? [] : [seen]
    return authority === 'fetched' ? [...other, ...clearUnreadable(state)] : other
  }
  const besides = [...cancelled, ...clearUnreadable(state)]
  const news = version.digest !== state.seen.digest || moved(state, lines)
  const told: OrderEvent = news ? { type: 'order.amended', ...terms } : seen
  return [told, ...besides]
}

/** The channel gave units to the buyer itself, which changes what is left for a warehouse. */
const moved = (state: OrderState, lines: readonly SoldLine[]): boolean =>
  lines.some(({ id, byChannel, handed }) => {
    const known = state.lines.find((line) => line.id === id)
    return known?.byChannel !== byChannel || known.handed !== handed
  })

type Seen = NonNullable<OrderState['seen']>

function compare(
  known: Pick<Seen, 'version' | 'authority' | 'digest'>,
  next: Pick<Seen, 'version' | 'authority' | 'digest'>,
): 'older' | 'same' | 'newer' | 'unclear' {
  if (next.version < known.version) return 'older'
  if (next.version > known.version) return 'newer'
  if (next.digest === known.digest && next.authority === known.authority) return 'same'
  // Channels stamp versions by the second, so two bodies of one second cannot be put in order.
  if (next.authority === 'fetched') return 'newer'
  return next.digest === known.digest ? 'same' : 'unclear'
}

function cancelRequest(state: OrderState, { order }: FactOf<'snapshot'>): OrderEvent[] {
  if (state.cancelRequestedAt) return []
  const emptied = order.lines.every((line) => line.removed >= line.quantity)
  if (!order.cancelledAt && !emptied) return []
  return [
    {
      type: 'order.cancel-requested',
      requestedAt: order.cancelledAt ?? order.version,
      reason: order.cancelReason ?? (order.cancelledAt ? 'cancelled' : 'every line was removed'),
    },
  ]
}

/** Before a release, what the channel says was fulfilled was fulfilled by itself; after it, by our own hand. */
function soldLines(lines: readonly OrderLine[], state: OrderState): SoldLine[] {
  const given = mayHaveHappened(releaseOf(state)) || roundOf(state) > 1
  const known = new Map(state.lines.map((line) => [line.id, line]))
  return lines.map(({ id, sku, shippable, quantity, removed, fulfilled, fulfilledByChannel }) => {
    const own = fulfilledByChannel === true
    const units = given ? (known.get(id)?.byChannel ?? 0) : Math.min(fulfilled, quantity)
    const handed = given && !own ? units : Math.min(fulfilled, quantity)
    return {
      id,
      ...(sku !== undefined && { sku }),
      shippable,
      ordered: quantity,
      removed,
      byChannel: !shippable ? 0 : own ? quantity : units,
      handed: shippable ? handed : 0,
    }
  })
}

/** Of two notices the later one holds; one without an instant holds until one with. */
function pauseEvents(
  { warehouse }: OrderState,
  fact: FactOf<'held'> | FactOf<'resumed'>,
): readonly OrderEvent[] {
  const { connection } = fact
  const since = fact.since ?? ''
  if (warehouse && warehouse.since > since) return []
  const over = warehouse && !warehouse.held && warehouse.since === since
  if (over) return []
  if (fact.type === 'resumed') {
    return [{ type: 'release.resumed', connection, since: fact.since }]
  }
  const { reason } = fact
  const known = warehouse?.held && warehouse.reason === reason && warehouse.since === since
  return known ? [] : [{ type: 'release.held', connection, reason, since }]
}

function backorderEvents(
  { backorder }: OrderState,
  { connection, since, expectedAt, lines }: FactOf<'backordered'>,
): readonly OrderEvent[] {
  if (backorder && backorder.since >= since) return []
  return [
    {
      type: 'release.backordered',
      connection,
      since,
      ...(expectedAt !== undefined && { expectedAt }),
      lines: [...lines],
    },
  ]
}

const unreadableEvents = (state: OrderState, fact: FactOf<'unreadable'>): readonly OrderEvent[] =>
  unlessStanding(state, raise(fact.code, ofMessage, fact))

/** A message that died over what is over by now needs nobody. */
function deadLetterEvents(state: OrderState, fact: FactOf<'dead-letter'>): readonly OrderEvent[] {
  const raised = raise('dead-letter', fact.subject, fact)
  return canStand(state, raised) ? unlessStanding(state, raised) : []
}

const clearUnreadable = ({ exceptions }: OrderState): OrderEvent[] =>
  Object.values(exceptions)
    .filter(({ subject }) => subject === ofMessage)
    .map(({ code, subject }) => ({ type: 'exception.cleared', code, subject }))

function claimEvents(state: OrderState, fact: FactOf<'claim'>): OrderEvent[] {
  const intent = state.intents[fact.intentId]
  const from = intent && claimableFrom(state, fact.intentId)
  if (!intent || from === undefined || from > fact.at) return []
  if (isQueued(state, fact.intentId, fact.at)) return []
  const side = sideOf[intent.effect]
  return [
    {
      type: 'effect.sent',
      intentId: fact.intentId,
      epoch: intent.epoch + 1,
      leaseUntil: after(fact.at, fact.leaseSeconds),
      look: intent.state !== 'pending',
      ...(side && { given: stands(state, side) }),
      ...(side === 'wms' && fact.called && { called: [...fact.called] }),
    },
  ]
}
