import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { Commit, Ledger } from '../ports.ts'
import { type Ask, decide } from './decide.ts'
import type { Fact } from './facts.ts'
import type { Policy } from './policy.ts'
import { unknownOrder } from './state.ts'

export interface LearnDeps {
  readonly ledger: Ledger
  readonly policy: Policy
  /** Waits a random while below this many milliseconds. */
  readonly jitter: (ms: number) => Promise<void>
}

export interface Learned {
  readonly state: OrderState
  /** What this fact changed; empty when it was known already. */
  readonly events: readonly OrderEvent[]
  readonly ask?: Ask
}

interface About {
  readonly id: OrderId
  readonly traceparent?: string | undefined
  /** The state as the caller wrote it a moment ago, which saves a read when nobody was in between. */
  readonly last?: OrderState | undefined
}

/** Two writers on one order are usual, ten in a row are not. */
const attempts = 12

/** Tells the ledger a fact: load, decide, commit, and decide anew when another writer was first. */
export async function learn(
  { id, traceparent, last }: About,
  fact: Fact,
  deps: LearnDeps,
): Promise<Learned> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const known = attempt === 0 ? last : undefined
    const before = known ?? (await deps.ledger.load(id)) ?? unknownOrder(id)
    const { events, after: decided, ask } = decide(before, fact, deps.policy)
    if (ask) return { state: before, events: [], ask }
    if (events.length === 0) return { state: before, events }

    const after = { ...decided, rev: before.rev + 1 }
    const commit: Commit = {
      before,
      after,
      events,
      at: fact.at,
      ...(adopts(events) && fact.type === 'snapshot' && { order: fact.order }),
      ...(traceparent !== undefined && { traceparent }),
    }
    if (await deps.ledger.commit(commit)) return { state: after, events }
    await deps.jitter(20 * 2 ** Math.min(attempt, 5))
  }
  throw new Error(`order ${id} moved ${attempts} times while a ${fact.type} was being written`)
}

const adopts = (events: readonly OrderEvent[]): boolean =>
  events.some(({ type }) => type === 'order.captured' || type === 'order.amended')
