import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { OrderEvent, OrderEventType } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { Fault } from '../fault.ts'
import type { Commit, Ledger } from '../ports.ts'
import { cleansedFact, hasWords } from '../privacy/cleansed.ts'
import { peopleUntil } from '../privacy/retention.ts'
import { balanced, type StockDeps } from '../stock/balance.ts'
import { type Ask, decide } from './decide.ts'
import { digestOf } from './digest.ts'
import { edited } from './edits.ts'
import type { Fact } from './facts.ts'
import type { Policy } from './policy.ts'
import { unknownOrder } from './state.ts'

export interface RecordFactDeps {
  readonly ledger: Ledger
  readonly policy: Policy
  /** Absent if stock is not configured. */
  readonly kept?: StockDeps | undefined
  /**
   * Serialises work on one order within this process, so that messages which arrive together do not race.
   * @default concurrent: the loser of a race decides again
   */
  readonly turn?: <T>(id: OrderId, work: () => Promise<T>) => Promise<T>
  /** Waits a random time below this many milliseconds. */
  readonly jitter: (ms: number) => Promise<void>
}

export interface RecordedFact {
  readonly state: OrderState
  /** What this fact changed; empty if it was already known. */
  readonly events: readonly OrderEvent[]
  readonly ask?: Ask
}

interface About {
  readonly id: OrderId
  readonly traceparent?: string | undefined
  /** The state that the caller wrote a moment ago. Saves a read if no one else wrote. */
  readonly last?: OrderState | undefined
}

/** Two concurrent writers on an order are usual, ten in a row are not. */
const attempts = 12

/** Records a fact: load, decide, commit; decide again if another writer was first. */
export function recordFact(about: About, fact: Fact, deps: RecordFactDeps): Promise<RecordedFact> {
  const work = () => tell(about, fact, deps)
  return deps.turn ? deps.turn(about.id, work) : work()
}

async function tell(
  { id, traceparent, last }: About,
  fact: Fact,
  deps: RecordFactDeps,
): Promise<RecordedFact> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const known = attempt === 0 ? last : undefined
    const before = known ?? (await deps.ledger.load(id)) ?? unknownOrder(id)
    const whole = await withEdits(before, await cleansed(before, fact, deps.ledger), deps.ledger)
    const { ask, ...decision } = decide(before, whole, deps.policy)
    if (ask) return { state: before, events: [], ask }
    if (decision.events.length === 0 && fact.type !== 'deadline') {
      return { state: before, events: [] }
    }
    const step = { before, after: decision.after, at: fact.at }
    const stocked = await balanced(step, deps.policy, deps.kept)
    const events = [...decision.events, ...stocked.events]
    if (events.length === 0) return { state: before, events }

    const after = { ...stocked.after, rev: before.rev + 1 }
    const adopted = adopts(events)
    const days = deps.policy.peopleDays(after.connection)
    const kept = peopleUntil({ before, after, fact, adopts: adopted }, days)
    const commit: Commit = {
      before,
      after,
      events,
      at: fact.at,
      ...(adopted && 'order' in whole && { order: whole.order }),
      ...(kept !== undefined && { peopleUntil: kept }),
      ...(stocked.changes && { stock: stocked.changes }),
      ...(traceparent !== undefined && { traceparent }),
    }
    if (await deps.ledger.commit(commit)) {
      if (!stocked.more) return { state: after, events }
      const rest = await tell({ id, traceparent, last: after }, atOnce(fact), deps)
      return { state: rest.state, events: [...events, ...rest.events] }
    }
    await deps.jitter(20 * 2 ** Math.min(attempt, 5))
  }
  throw new Fault(`order ${id} changed ${attempts} times while a ${fact.type} was being recorded`)
}

/** Looks at an order again without a new fact. */
const atOnce = ({ at }: Fact): Fact => ({ type: 'deadline', at })

const adopts = (events: readonly OrderEvent[]): boolean =>
  events.some(({ type }) => adopting.has(type))

const adopting: ReadonlySet<OrderEventType> = new Set([
  'order.captured',
  'order.amended',
  'order.edited',
])

/** Removes the order's personal data from texts that systems and channels sent. */
async function cleansed(before: OrderState, fact: Fact, ledger: Ledger): Promise<Fact> {
  if (fact.type === 'snapshot') return cleansedFact(fact, fact.order.people)
  if (!before.seen || before.erased || !hasWords(fact)) return fact
  const { order } = await ledger.open(before.id, 'cleanse')
  return order ? cleansedFact(fact, order.people) : fact
}

/** Keeps people's edits for as long as the channel's value is the one they replaced. */
async function withEdits(before: OrderState, fact: Fact, ledger: Ledger): Promise<Fact> {
  if (fact.type !== 'snapshot' || !before.edited) return fact
  const { order } = await ledger.open(before.id, 'keep-edits')
  const edits = order?.people.edits ?? []
  return { ...fact, order: edited(fact.order, edits), digest: digestOf(fact.order) }
}
