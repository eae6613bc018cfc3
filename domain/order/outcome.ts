import type { Reference } from '../../schemas/canonical/reference.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import { surelyNotDone } from '../effects/effect.ts'
import { raise, unlessStanding } from '../exceptions/raise.ts'
import type { Failure } from '../failure.ts'
import { after } from '../instant.ts'
import type { FactOf } from './facts.ts'

/** What the system has if an earlier attempt was the one that succeeded. */
export const found = ({ maybeAcknowledged, acknowledged }: Intent): string | undefined =>
  maybeAcknowledged ?? acknowledged

/** A difference from what an earlier attempt requested is corrected next, so it is not reported. */
const uncompared = ({ differs: _, ...reference }: Reference): Reference => reference

const done = (
  about: Pick<Intent, 'effect' | 'connection'> & { readonly intentId: string },
  reference: Reference,
  acknowledged: string | undefined,
): OrderEvent => ({
  type: effectCatalogue[about.effect].doneAs,
  intentId: about.intentId,
  connection: about.connection,
  reference,
  ...(acknowledged !== undefined && { acknowledged }),
})

/** The connection's breaker decides when credentials are tried again; the order only has to be ready by then. */
const haltSeconds = 15

/** A refused look-up does not end the doubt. */
const refusedSeconds = 3600

/** The outcome of an effect. An outcome of an older epoch comes from a worker that lost its lease and changes nothing. */
export function outcomeEvents(state: OrderState, fact: FactOf<'outcome'>): readonly OrderEvent[] {
  const intent = state.intents[fact.intentId]
  if (intent?.state !== 'sent' || intent.epoch !== fact.epoch) return []
  const { intentId, result } = fact
  const { connection, effect } = intent
  if (result.ok) {
    const acknowledged = fact.during === 'look' ? found(intent) : intent.acknowledged
    const reference = acknowledged === intent.acknowledged ? result.value : uncompared(result.value)
    return [done({ effect, intentId, connection }, reference, acknowledged)]
  }
  const { steps } = fact
  const advanced: OrderEvent[] = steps ? [{ type: 'effect.advanced', intentId, steps }] : []
  return [...advanced, ...failed(intent, result.error, fact)].flatMap(
    (event): readonly OrderEvent[] =>
      event.type === 'exception.raised' ? unlessStanding(state, event) : [event],
  )
}

/**
 * A late answer about an effect, by the system or by a person who looked. It overrides a running worker, whose own
 * outcome then changes nothing.
 */
export function answerEvents(
  state: OrderState,
  fact: Omit<FactOf<'answered'>, 'type'>,
): readonly OrderEvent[] {
  const { intentId, answer, at, connection } = fact
  const intent = state.intents[intentId]
  if (!intent || intent.connection !== connection || intent.state === 'withdrawn') return []
  switch (answer.type) {
    case 'done': {
      const { reference } = answer
      const known = intent.state === 'done' && intent.reference?.id === reference.id
      if (known && intent.reference?.number === reference.number) return []
      return [done({ effect: intent.effect, intentId, connection }, reference, found(intent))]
    }
    case 'refused': {
      const { reason } = answer
      if (intent.state === 'done') return []
      if (intent.state === 'refused' && intent.trouble === reason) return []
      const raised = raise('effect-refused', intentId, { at, reason, connection })
      return [{ type: 'effect.refused', intentId, reason }, ...unlessStanding(state, raised)]
    }
    case 'not-done':
      if (intent.state !== 'doubt') return []
      return [
        {
          type: 'effect.postponed',
          intentId,
          attempts: 0,
          notBefore: at,
          reason: surelyNotDone,
        },
      ]
  }
}

function failed(intent: Intent, failure: Failure, fact: FactOf<'outcome'>): OrderEvent[] {
  const { intentId, at } = fact
  const { connection, attempts } = intent
  const { reason } = failure
  const doubtful = intent.look === true && fact.during === 'look'
  const later = (seconds: number, counted: number): OrderEvent =>
    doubtful
      ? { type: 'effect.doubted', intentId, connection, notBefore: after(at, seconds), reason }
      : {
          type: 'effect.postponed',
          intentId,
          attempts: counted,
          notBefore: after(at, seconds),
          reason,
        }

  switch (failure.next) {
    case 'retry':
      return [later(backoff(attempts), attempts + 1)]
    case 'wait':
      return [later(Math.max(1, failure.seconds), attempts)]
    case 'doubt':
      return doubted(fact, intent, failure)
    case 'halt':
      return [
        later(haltSeconds, attempts),
        raise('connection-halted', intentId, { at, reason, connection }),
      ]
    case 'except':
      return [
        doubtful ? later(refusedSeconds, attempts) : { type: 'effect.refused', intentId, reason },
        raise(failure.code, intentId, { at, reason, connection }),
      ]
    case 'ignore':
      return [
        done({ effect: intent.effect, intentId, connection }, { id: intentId }, found(intent)),
      ]
  }
}

function doubted(
  { intentId, at, lagSeconds }: FactOf<'outcome'>,
  { connection, attempts }: Intent,
  { reason, answersWithin }: Extract<Failure, { readonly next: 'doubt' }>,
): OrderEvent[] {
  const seconds = answersWithin ?? Math.max(lagSeconds ?? 0, backoff(attempts))
  const notBefore = after(at, seconds)
  const doubt = { type: 'effect.doubted', intentId, connection, notBefore, reason } as const
  if (lagSeconds !== undefined || answersWithin !== undefined) return [doubt]
  const ask = `${reason}; this system cannot be searched, so a person must look there and answer`
  return [doubt, raise('in-doubt', intentId, { at, reason: ask, connection })]
}

/** Seconds before the next attempt: 2, 4, 8 … up to 15 minutes. */
const backoff = (attempts: number): number => Math.min(900, 2 ** (Math.min(attempts, 9) + 1))
