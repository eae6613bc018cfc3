import type { LedgerLine, OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { claimableFrom, isQueued } from './claims.ts'
import { digestOf } from './digest.ts'
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
import { hasLeft, intentFor, mayHaveHappened } from './state.ts'
import { after } from './time.ts'

export interface Decision {
  readonly events: readonly OrderEvent[]
  readonly after: OrderState
  readonly ask?: Ask
}

/**
 * The fact cannot be judged yet. `fetch`: two bodies of one second differ, so the channel has to be asked for the
 * truth. `later`: the order changed while a post of it is on its way, so its end has to be known first.
 */
export type Ask = 'fetch' | 'later'

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
      return heldEvents(state, fact)
    case 'unreadable':
      return unreadableEvents(state, fact)
    case 'resumed':
      return [{ type: 'exception.cleared', code: 'warehouse-hold', subject: '' }]
    case 'backordered':
      return []
    case 'answered':
      return answerEvents(state, fact)
    case 'command':
      return []
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
  const problems = problemsOf({ order, route, state, policy })
  const version = { version: order.version, authority, digest: digestOf(order) }
  const terms = {
    ...version,
    problems,
    number: order.number,
    currency: order.currency,
    total: order.total,
    lines: ledgerLines(order.lines),
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
  const seen = { type: 'order.seen', ...version, problems } as const
  if (age === 'same') {
    // The settings may have changed what the same order means.
    const other = JSON.stringify(problems) === JSON.stringify(state.problems) ? [] : [seen]
    return authority === 'fetched' ? [...other, ...clearUnreadable(state)] : other
  }
  const besides = [...cancelled, ...clearUnreadable(state)]
  const posting = intentFor(state, 'create-order')
  if (version.digest === state.seen.digest || state.cancelledAt || posting?.state === 'done') {
    return [seen, ...besides]
  }
  if (!mayHaveHappened(posting)) return [{ type: 'order.amended', ...terms }, ...besides]
  const ending = cancelled.length > 0 || state.cancelRequestedAt !== undefined
  return ending ? [seen, ...besides] : 'later'
}

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

const ledgerLines = (lines: FactOf<'snapshot'>['order']['lines']): LedgerLine[] =>
  lines.map(({ id, sku, shippable, quantity, removed }) => ({
    id,
    ...(sku !== undefined && { sku }),
    shippable,
    ordered: quantity,
    cancelled: removed,
    released: 0,
    shipped: 0,
  }))

function heldEvents(state: OrderState, fact: FactOf<'held'>): readonly OrderEvent[] {
  return hasLeft(state) ? [] : unlessStanding(state, raise('warehouse-hold', '', fact))
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
  return [
    {
      type: 'effect.sent',
      intentId: fact.intentId,
      epoch: intent.epoch + 1,
      leaseUntil: after(fact.at, fact.leaseSeconds),
      look: intent.state !== 'pending',
    },
  ]
}
