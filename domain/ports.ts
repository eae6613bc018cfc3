import type { ConnectionId, OrderId } from '../schemas/canonical/identity.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import type { Order } from '../schemas/canonical/order.ts'
import type { OrderEvent } from '../schemas/events/order-event.ts'
import type { OrderState } from '../schemas/stored/order-state.ts'
import type { Valve } from '../schemas/stored/valve.ts'

/** One step of one order, written as a whole or not at all. */
export interface Commit {
  readonly before: OrderState
  readonly after: OrderState
  readonly events: readonly OrderEvent[]
  readonly at: Instant
  /** The snapshot to keep, when the events adopt one. */
  readonly order?: Order
  readonly traceparent?: string
}

export interface Ledger {
  /** The state as of now, strongly consistent. */
  load(id: OrderId): Promise<OrderState | undefined>
  /** False when somebody else moved the order first: load again and decide anew. */
  commit(commit: Commit): Promise<boolean>
  /** State and adopted snapshot, personal data included, in one read. Each is of now, but they may be of two moments. */
  open(id: OrderId): Promise<Opened>
}

export interface Opened {
  readonly state: OrderState | undefined
  /** Absent when no snapshot was adopted yet. */
  readonly order: Order | undefined
}

/** Finds orders by the moment they need attention. */
export interface Deadlines {
  due(now: Instant): Promise<readonly OrderId[]>
}

/** The valve before each connection; `openValve` where none was ever written. */
export interface Valves {
  /** As it was a few seconds ago at most, which costs next to nothing. */
  glance(connection: ConnectionId): Promise<Valve>
  /** As of now, strongly consistent. */
  load(connection: ConnectionId): Promise<Valve>
  /** Writes what was decided on a valve that was loaded; false when somebody else was first. */
  save(connection: ConnectionId, before: Valve, after: Valve): Promise<boolean>
}

/**
 * Sends a message to its own queue again, to be seen not before some seconds have passed. `group` keeps a queue fair
 * between those who share it.
 */
export type Again = (body: string, seconds: number, group?: ConnectionId) => Promise<void>

export type Clock = () => Date
