import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { after } from '../instant.ts'
import type { Fact } from '../order/facts.ts'
import { toShip } from '../order/lines.ts'

/** Days for which the people of an order that does not end are kept after its last version. */
const openDays = 365

const day = 86_400

interface Step {
  readonly before: OrderState
  readonly after: OrderState
  readonly fact: Fact
  /** The step writes its people. */
  readonly adopts: boolean
}

/**
 * Until when an order's people are kept, where a step changes that: so many days after nothing is left to send, which is when
 * the last parcel leaves or the rest is cancelled, and far longer while something is.
 */
export function peopleUntil({ fact, adopts, ...step }: Step, days: number): Instant | undefined {
  if (inLanes.has(fact.type)) return undefined
  const ended = isEnded(step.after)
  if (!adopts && ended === isEnded(step.before)) return undefined
  return after(fact.at, day * (ended ? days : openDays))
}

/** Facts that say nothing of units; whoever brings them may only read people. */
const inLanes: ReadonlySet<Fact['type']> = new Set(['claim', 'outcome', 'dead-letter', 'deadline'])

const isEnded = ({ seen, lines }: OrderState): boolean =>
  seen !== undefined && lines.every((line) => toShip(line) === 0)
