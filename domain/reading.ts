import type { Answer } from '../schemas/api/command.ts'
import type { StockCounts, StockMovement } from '../schemas/api/stock.ts'
import type { ConnectionId, OrderId } from '../schemas/canonical/identity.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import type { Order } from '../schemas/canonical/order.ts'
import type { Shipment } from '../schemas/canonical/shipment.ts'

/** A message as it arrived, by webhook or by sweep; all a connector needs to read it. */
export interface Delivery {
  readonly connection: ConnectionId
  readonly via: 'webhook' | 'sweep'
  /** The headers named by the connector's door (`verify.ts`), lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly receivedAt: Instant
}

/** What a message turned out to say. One message may say several things. */
export type Reading =
  /** A whole order. */
  | { readonly type: 'snapshot'; readonly order: Order }
  /** Something about an order: the truth has to be fetched. */
  | { readonly type: 'hint'; readonly channelOrderId: string }
  /** A parcel left. `lines` are by sku because warehouses do not know the channel's line ids. */
  | { readonly type: 'shipped'; readonly orderId: OrderId; readonly shipment: ReportedShipment }
  /** The warehouse cannot go on; `reason` is shown to people. `since` tells an old notice from a new one. */
  | {
      readonly type: 'held'
      readonly orderId: OrderId
      readonly reason: string
      readonly since?: Instant
      /** The warehouse's own id of the order: a release that it let go of holds nothing up. */
      readonly warehouseOrder?: string
    }
  /** What held the warehouse is over. */
  | { readonly type: 'resumed'; readonly orderId: OrderId; readonly since: Instant }
  /** The warehouse has less than was released: these units wait for stock. All of an order's backorders at once. */
  | {
      readonly type: 'backordered'
      readonly orderId: OrderId
      readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
      readonly since: Instant
      readonly expectedAt?: Instant
    }
  /** What came of an effect that the system answers later, or that was asked about: it was done, refused, or never happened. */
  | {
      readonly type: 'answered'
      readonly orderId: OrderId
      readonly intentId: string
      readonly answer: Answer
    }
  /** What lies at one of the system's own locations, as of a moment. */
  | ({
      readonly type: 'counted'
      /** What the system calls it. */
      readonly location: string
      readonly at: Instant
      readonly sequence?: number | undefined
    } & Pick<StockCounts, 'counts'>)
  /** What came to one of its locations, or left it otherwise than in a parcel. */
  | {
      readonly type: 'moved'
      readonly location: string
      readonly movements: readonly StockMovement[]
    }
  /** A customer, or the law on behalf of all, wants personal data erased or told. */
  | { readonly type: 'privacy'; readonly asking: Asking }
  /** Nothing for the ledger. */
  | { readonly type: 'nothing'; readonly why: string }

export interface Asking {
  readonly kind: 'erasure' | 'disclosure'
  /** The channel's name of the request, or what makes it the same one again: letters, digits and dashes. */
  readonly reference: string
  /** The account it names, as one of the connection's hosts: several may share a signing secret. @default none is named */
  readonly account?: string
  /** The channel's ids of orders and of their customer; with neither, everybody. */
  readonly orders?: readonly string[]
  readonly customer?: string
}

export type ReportedShipment = Omit<Shipment, 'lines' | 'parts'> & {
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  /** The warehouse's own id of the order, evidence that the release was taken. */
  readonly warehouseOrder: string
}
