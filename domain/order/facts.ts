import type { Answer, Command } from '../../schemas/api/command.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { Version } from '../../schemas/events/order-event.ts'
import type { EffectFact } from '../effects/aggregate.ts'
import type { ReportedShipment } from '../reading.ts'

/** Something the ledger learns at `at`. Each variant says what makes it idempotent. */
export type Fact = EffectFact | OrderFact

type OrderFact = { readonly at: Instant } & (
  | /** Idempotent by the order's version. */ {
      readonly type: 'snapshot'
      readonly order: Order
      readonly authority: Version['authority']
      readonly receivedAt: Instant
      /** Digest of the channel's document, if `order` contains edits. @default that of `order` */
      readonly digest?: string
    }
  | /** A person edited a field of revision `rev`. Idempotent by the command's id. */ {
      readonly type: 'edited'
      readonly id: string
      readonly by: string
      readonly rev: number
      readonly field: string
      readonly reason: string
      /** The document with the edit, which is among its `people.edits`. */
      readonly order: Order
    }
  | /** A message about an order that could not be processed. Idempotent by code and subject. */ {
      readonly type: 'unreadable'
      readonly connection: ConnectionId
      readonly code: ExceptionCode
      readonly reason: string
      /** The part of the order that the report is about. @default the whole order */
      readonly subject?: string
    }
  | /**
   * A message was about a part of an order that now has another name, or a dead letter was processed after all:
   * clears exceptions under the old subject.
   */ {
      readonly type: 'found'
    }
  | /** Idempotent by the shipment's id. */ {
      readonly type: 'shipped'
      readonly connection: ConnectionId
      readonly shipment: ReportedShipment
    }
  | /** Idempotent by connection and `since`. */ {
      readonly type: 'held'
      readonly connection: ConnectionId
      readonly reason: string
      readonly since?: Instant | undefined
      readonly warehouseOrder?: string | undefined
    }
  | /** Idempotent by connection and `since`. */ {
      readonly type: 'resumed'
      readonly connection: ConnectionId
      readonly since: Instant
    }
  | /** Idempotent by `since`: a later one replaces an earlier one. */ {
      readonly type: 'backordered'
      readonly connection: ConnectionId
      readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
      readonly since: Instant
      readonly expectedAt?: Instant | undefined
    }
  | /** A late answer by the system, or by a person who looked there. Idempotent by its content. */ {
      readonly type: 'answered'
      readonly connection: ConnectionId
      readonly intentId: string
      readonly answer: Answer
    }
  | /** A person's command. Idempotent by the command's id. */ {
      readonly type: 'command'
      readonly id: string
      /** The caller, as authenticated by the API. */
      readonly by: string
      readonly command: Command
    }
  | /** Its personal data is erased on this request. Idempotent by its content. */ {
      readonly type: 'erased'
      readonly request: string
      readonly by: string
    }
  | /** A deadline passed. Idempotent by what is still open. */ { readonly type: 'deadline' }
)

export type FactOf<T extends Fact['type']> = Extract<Fact, { readonly type: T }>
