import type { EffectName, OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import { brief, isAnothers } from '../effects/waiting.ts'
import {
  clearDeadMessage,
  clearReport,
  clearUnreadable,
  ofMessage,
  ofReport,
  raise,
  unlessStanding,
} from '../exceptions/raise.ts'
import { after } from '../instant.ts'
import { forgottenFact, forgottenState } from '../privacy/forgotten.ts'
import { applyConsequences } from './apply-consequences.ts'
import { awaitedUntil, claimableFrom, isQueued } from './claims.ts'
import { commandEvents } from './commands.ts'
import { digest } from './digest.ts'
import { evolve } from './evolve.ts'
import type { Fact, FactOf } from './facts.ts'
import { takenBack } from './lines.ts'
import { answerEvents, outcomeEvents } from './outcome.ts'
import type { Policy } from './policy.ts'
import { shipmentEvents, wasGiven } from './shipments.ts'
import { editEvents, snapshotEvents } from './snapshots.ts'
import { canStand } from './standing.ts'
import { desiredDigest, releaseOf } from './state.ts'

export interface Decision {
  readonly events: readonly OrderEvent[]
  readonly after: OrderState
  readonly ask?: Ask
}

/** The fact cannot be decided yet: two bodies of the same second differ, so the order must be fetched from the channel. */
export type Ask = 'fetch'

/** The events of a fact and everything that follows from it. Pure: time comes with the fact. */
export function decide(before: OrderState, given: Fact, policy: Policy): Decision {
  const fact = before.erased ? forgottenFact(given) : given
  const meaning = interpret(before, fact, policy)
  if (typeof meaning === 'string') return { events: [], after: before, ask: meaning }

  const told = meaning.reduce((state, event) => evolve(state, event, fact.at), before)
  if (meaning.length === 0 && fact.type !== 'deadline') {
    return { events: [], after: before }
  }
  const { events, state } = applyConsequences(told, fact.at, policy)
  return { events: [...meaning, ...events], after: state }
}

type Meaning = readonly OrderEvent[] | Ask

function interpret(state: OrderState, fact: Fact, policy: Policy): Meaning {
  switch (fact.type) {
    case 'snapshot': {
      const events = snapshotEvents(state, fact, policy)
      return events.length === 0 ? clearDeadMessage(state, fact.receivedAt) : events
    }
    case 'edited':
      return editEvents(state, fact, policy)
    case 'shipped':
      return reported(state, shipmentEvents(state, fact), ofReport(fact.type, fact.shipment.id))
    case 'held':
    case 'resumed':
      return reported(state, pauseEvents(state, fact), ofReport(fact.type))
    case 'backordered':
      return reported(state, backorderEvents(state, fact), ofReport(fact.type))
    case 'unreadable':
      return unreadableEvents(state, fact)
    case 'found':
      return clearUnreadable(state)
    case 'answered':
      return answerEvents(state, fact)
    case 'command':
      return commandEvents(state, fact)
    case 'claim':
      return claimEvents(state, fact)
    case 'wait':
      return waitEvents(state, fact)
    case 'outcome':
      return outcomeEvents(state, fact)
    case 'dead-letter':
      return deadLetterEvents(state, fact)
    case 'erased':
      return erasureEvents(state, fact)
    case 'deadline':
      return []
  }
}

/** A readable report clears an earlier unreadable one about the same subject. */
const reported = (
  state: OrderState,
  news: readonly OrderEvent[],
  about: string,
): readonly OrderEvent[] => (news.length === 0 ? news : [...news, ...clearReport(state, about)])

/** An unknown order has nothing to erase. An order that was erased before may still have text from earlier versions. */
function erasureEvents(
  state: OrderState,
  { request, by }: FactOf<'erased'>,
): readonly OrderEvent[] {
  const isDone = state.erased && digest(state) === digest(forgottenState(state))
  return state.rev === 0 || isDone ? [] : [{ type: 'people.erased', request, by }]
}

/** The later of two notices wins; a notice without an instant holds until one with an instant arrives. */
function pauseEvents(
  state: OrderState,
  fact: FactOf<'held'> | FactOf<'resumed'>,
): readonly OrderEvent[] {
  const { warehouse } = state
  const { connection } = fact
  if (!wasGiven(state, connection)) return []
  const since = fact.since ?? ''
  if (warehouse && warehouse.since > since) return []
  const over = warehouse && !warehouse.held && warehouse.since === since
  if (over) return []
  if (fact.type === 'resumed') {
    return [{ type: 'release.resumed', connection, since: fact.since }]
  }
  const { reason, warehouseOrder } = fact
  if (!mayBeInForce(state, warehouseOrder)) return []
  const known = warehouse?.held && warehouse.reason === reason && warehouse.since === since
  return known ? [] : [{ type: 'release.held', connection, reason, since }]
}

/**
 * Whether a report of the warehouse can be about the release in force: the release was sent, and no earlier one has
 * that number.
 */
function mayBeInForce(state: OrderState, warehouseOrder: string | undefined): boolean {
  const release = releaseOf(state)
  if (!release || release.epoch === 0) return false
  if (warehouseOrder === undefined) return true
  if (release.reference) return release.reference.id === warehouseOrder
  return !Object.values(state.intents).some(
    ({ effect, reference }) => effect === 'release-order' && reference?.id === warehouseOrder,
  )
}

function backorderEvents(
  state: OrderState,
  { connection, since, expectedAt, lines }: FactOf<'backordered'>,
): readonly OrderEvent[] {
  const { backorder } = state
  if (!wasGiven(state, connection) || (backorder && backorder.since >= since)) return []
  if (lines.length === 0 && !backorder) return []
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

/** Ignore a notice from a system that was not given the order, readable or not. */
function unreadableEvents(state: OrderState, fact: FactOf<'unreadable'>): readonly OrderEvent[] {
  const { code, subject = ofMessage, connection } = fact
  if (notices.has(subject) && !wasGiven(state, connection)) return []
  return unlessStanding(state, raise(code, subject, fact))
}

const notices: ReadonlySet<string> = new Set([ofReport('held'), ofReport('backordered')])

/** Ignore a dead letter whose effect has already finished. */
function deadLetterEvents(state: OrderState, fact: FactOf<'dead-letter'>): readonly OrderEvent[] {
  const raised = raise('dead-letter', fact.subject, fact)
  return canStand(state, raised) ? unlessStanding(state, raised) : []
}

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
      ...acknowledgedBy(state, intent.effect),
      ...(effectCatalogue[intent.effect].copy === 'wms' &&
        fact.called && { called: [...fact.called] }),
    },
  ]
}

/** Only the first hint that waits for an effect is recorded; short waits are not recorded at all. */
function waitEvents(state: OrderState, fact: FactOf<'wait'>): readonly OrderEvent[] {
  const { intentId, seconds, at } = fact
  const from = awaitedUntil(state, intentId)
  const isAwaited = isAnothers(state.intents[intentId], fact, from ?? '')
  if (from === undefined || isAwaited || seconds <= brief) return []
  return [{ type: 'effect.deferred', intentId, until: after(at, seconds) }]
}

/** What the system will have when it is done, for effects that are repeated when the order changes. */
function acknowledgedBy(state: OrderState, effect: EffectName): { readonly acknowledged?: string } {
  const { copy, units } = effectCatalogue[effect]
  if (copy) return { acknowledged: desiredDigest(state, copy) }
  return units === 'taken-back' ? { acknowledged: JSON.stringify(takenBack(state)) } : {}
}
