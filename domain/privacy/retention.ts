import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { after } from '../instant.ts'
import type { Fact } from '../order/facts.ts'
import { toShip } from '../order/lines.ts'

/** Days that personal data of an open order is kept after its last version. */
const openDays = 365

const day = 86_400

interface Step {
  readonly before: OrderState
  readonly after: OrderState
  readonly fact: Fact
  /** The step stores a document. */
  readonly adopts: boolean
}

/**
 * Until when an order's personal data is kept, if a step changes that: `days` after it has nothing left to ship (the
 * last parcel left or the rest was cancelled), much longer while it has.
 */
export function peopleUntil({ fact, adopts, ...step }: Step, days: number): Instant | undefined {
  if (inLanes.has(fact.type)) return undefined
  const ended = isEnded(step.after)
  if (!adopts && ended === isEnded(step.before)) return undefined
  return after(fact.at, day * (ended ? days : openDays))
}

/** Facts that do not change units; their functions may only read personal data. */
const inLanes: ReadonlySet<Fact['type']> = new Set(['claim', 'outcome', 'dead-letter', 'deadline'])

const isEnded = ({ seen, lines }: OrderState): boolean =>
  seen !== undefined && lines.every((line) => toShip(line) === 0)
