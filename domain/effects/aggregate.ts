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

/** What effects belong to: an order, for one. It decides what facts mean; whoever carries effects out need not know. */
export interface Aggregate {
  /** The effect and the document that it sends, in one read that is written down with its purpose. */
  load(about: About): Promise<Loaded>
  /** `last` is its view as this aggregate gave it a moment ago, which saves a read when nobody was in between. */
  record(about: About, fact: EffectFact, last?: EffectView): Promise<Recorded>
  /** What the effect of a view is about, as the ledger had it then. */
  subjectOf(view: EffectView, document: Order): Subject
}

/** The effect in question; its trace goes on in what is recorded. */
export type About = Pick<EffectHint, 'orderId' | 'intentId' | 'traceparent'>

export interface Loaded extends Omit<Opened, 'state'> {
  /** Absent when nothing is known yet. */
  readonly view: EffectView | undefined
}

interface Recorded {
  readonly view: EffectView
  /** The fact was news. */
  readonly isNews: boolean
}

/** One effect as of one moment. */
export interface EffectView {
  readonly intent: Intent | undefined
  /** When a worker may take it: never (`undefined`), or not before an instant ('' is now). */
  readonly from: Instant | '' | undefined
  /** When the hint comes that sees to it: as `from`, or later because it waits outside. */
  readonly until: Instant | '' | undefined
  /** Nothing new may be made, because something stands against it or the end is wanted. */
  readonly isBlocked: boolean
  /** Its lines, by what systems call them. */
  readonly lines: readonly Pick<LedgerLine, 'id' | 'sku' | 'called'>[]
  /** Whether it was decided on this document; one that was read at another moment may be another. */
  speaksOf(document: Order): boolean
}

/** What a worker tells the ledger at `at`. What makes it idempotent is named in each. */
export type EffectFact = { readonly at: Instant } & (
  | /** A worker wants to send an effect. */ {
      readonly type: 'claim'
      readonly intentId: string
      readonly leaseSeconds: number
      /** What the system will be told of the order's articles, where that is not their SKU. */
      readonly called?: readonly Called[]
    }
  | /** A worker may not pass to a system, and wants to come back. Idempotent for as long as somebody does. */ {
      readonly type: 'wait'
      readonly intentId: string
      readonly seconds: number
      /** For which moment this one came back. */
      readonly until?: Instant | undefined
    }
  | /** What came of it. Idempotent by the epoch. */ {
      readonly type: 'outcome'
      readonly intentId: string
      readonly epoch: number
      /** Where it ended: a failed look-up leaves a doubt standing, a failed make does not make one. */
      readonly during: 'look' | 'make'
      readonly result: Result<Reference, Failure>
      /** The vendor's ids of what it wrote, by step. @default nothing that the connector notes */
      readonly steps?: Readonly<Record<string, string>>
      /** Index lag of the system, for a doubt. `undefined`: it cannot be asked. */
      readonly lagSeconds: number | undefined
    }
  | /** A message failed for the last time and is with the dead letters now. Idempotent by subject. */ {
      readonly type: 'dead-letter'
      readonly connection: ConnectionId
      /** The intent the message was about, or `message`. */
      readonly subject: string
      readonly reason: string
    }
  | /** What an effect lacked is there. Idempotent by the command's id. */ {
      readonly type: 'command'
      readonly id: string
      readonly by: string
      readonly command: Extract<Command, { readonly do: 'retry' }>
    }
)
