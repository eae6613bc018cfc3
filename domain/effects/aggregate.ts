import type { Command } from '../../schemas/api/command.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Called } from '../../schemas/events/order-event.ts'
import type { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { Intent, LedgerLine } from '../../schemas/stored/order-state.ts'
import type { Failure } from '../failure.ts'
import type { Opened } from '../ports.ts'
import type { Result } from '../result.ts'
import type { Subject } from './effect.ts'

/** The owner of effects, for example an order. It decides what facts mean; the engine need not know. */
export interface Aggregate {
  /** The effect and its document, in one read that is logged with its purpose. */
  load(about: About): Promise<Loaded>
  /** `last` is the view that this aggregate returned a moment ago; saves a read if no one else wrote. */
  record(about: About, fact: EffectFact, last?: EffectView): Promise<Recorded>
  /** The subject of a view's effect, as the ledger had it then. */
  subjectOf(view: EffectView, document: Order): Subject
}

/** The effect; its trace continues in what is recorded. */
export type About = Pick<EffectHint, 'orderId' | 'intentId' | 'traceparent'>

export interface Loaded extends Omit<Opened, 'state'> {
  /** Absent if nothing is known yet. */
  readonly view: EffectView | undefined
}

interface Recorded {
  readonly view: EffectView
  /** The fact was new. */
  readonly isNews: boolean
}

/** One effect at one instant. */
export interface EffectView {
  readonly intent: Intent | undefined
  /** When a worker may claim it: never (`undefined`), now (''), or from an instant. */
  readonly from: Instant | '' | undefined
  /** When its next hint arrives: as `from`, or later because it waits behind the breaker. */
  readonly until: Instant | '' | undefined
  /** Nothing new may be created, because an exception blocks it or the order is ending. */
  readonly isBlocked: boolean
  /** Its lines with the systems' names. */
  readonly lines: readonly Pick<LedgerLine, 'id' | 'sku' | 'called'>[]
  /** Whether the view was decided on this document; one read at another time may differ. */
  speaksOf(document: Order): boolean
}

/** What a worker records at `at`. Each variant says what makes it idempotent. */
export type EffectFact = { readonly at: Instant } & (
  | /** A worker claims an effect. */ {
      readonly type: 'claim'
      readonly intentId: string
      readonly leaseSeconds: number
      /** The system's names for the order's lines, if not their SKU. */
      readonly called?: readonly Called[]
    }
  | /** A worker was not let through and will return. Idempotent while a hint waits. */ {
      readonly type: 'wait'
      readonly intentId: string
      readonly seconds: number
      /** The time for which this hint returned. */
      readonly until?: Instant | undefined
    }
  | /** The outcome. Idempotent by the epoch. */ {
      readonly type: 'outcome'
      readonly intentId: string
      readonly epoch: number
      /** Where it ended: a failed look-up does not end a doubt, and does not create one. */
      readonly during: 'look' | 'make'
      readonly result: Result<Reference, Failure>
      /** The vendor's ids of what it wrote, by step. @default none recorded by the connector */
      readonly steps?: Readonly<Record<string, string>>
      /** The system's index lag, for a doubt. `undefined`: it cannot be searched. */
      readonly lagSeconds: number | undefined
    }
  | /** A message failed for the last time and is a dead letter now. Idempotent by subject. */ {
      readonly type: 'dead-letter'
      readonly connection: ConnectionId
      /** The intent of the message, or `message`. */
      readonly subject: string
      readonly reason: string
    }
  | /** What an effect lacked is available. Idempotent by the command's id. */ {
      readonly type: 'command'
      readonly id: string
      readonly by: string
      readonly command: Extract<Command, { readonly do: 'retry' }>
    }
)
