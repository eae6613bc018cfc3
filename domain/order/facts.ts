import type { Answer, Command } from '../../schemas/api/command.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { Version } from '../../schemas/events/order-event.ts'
import type { EffectFact } from '../effects/aggregate.ts'
import type { ReportedShipment } from '../reading.ts'

/** Something the ledger learns at `at`. What makes it idempotent is named in each. */
export type Fact = EffectFact | OrderFact

type OrderFact = { readonly at: Instant } & (
  | /** Idempotent by the order's version. */ {
      readonly type: 'snapshot'
      readonly order: Order
      readonly authority: Version['authority']
      readonly receivedAt: Instant
      /** Digest of what the channel sent, where `order` has people's edits in it. @default that of `order` */
      readonly digest?: string
    }
  | /** A person changed a field of revision `rev`. Idempotent by the command's id. */ {
      readonly type: 'edited'
      readonly id: string
      readonly by: string
      readonly rev: number
      readonly field: string
      readonly reason: string
      /** The document with the edit, which is among its `people.edits`. */
      readonly order: Order
    }
  | /** A message about an order that could not be taken. Idempotent by code and subject. */ {
      readonly type: 'unreadable'
      readonly connection: ConnectionId
      readonly code: ExceptionCode
      readonly reason: string
      /** What of the order a report was about. @default the order as its channel tells it */
      readonly subject?: string
    }
  | /** A message was about a part of an order that is known by its own name now, or died and was told after all: of the name it had nothing is left to tell. */ {
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
  | /** A system's late answer, or a person's who looked. Idempotent by its content. */ {
      readonly type: 'answered'
      readonly connection: ConnectionId
      readonly intentId: string
      readonly answer: Answer
    }
  | /** A person decided. Idempotent by the command's id. */ {
      readonly type: 'command'
      readonly id: string
      /** Who gave it, as the door authenticated them. */
      readonly by: string
      readonly command: Command
    }
  | /** Its personal data is erased, on this request. Once. */ {
      readonly type: 'erased'
      readonly request: string
      readonly by: string
    }
  | /** A deadline passed. Idempotent by what is still open. */ { readonly type: 'deadline' }
)

export type FactOf<T extends Fact['type']> = Extract<Fact, { readonly type: T }>
