import type { Answer } from '../schemas/api/command.ts'
import type { StockCounts, StockMovement } from '../schemas/api/stock.ts'
import type { ConnectionId, OrderId } from '../schemas/canonical/identity.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import type { Order } from '../schemas/canonical/order.ts'
import type { Shipment } from '../schemas/canonical/shipment.ts'

/** A message as it arrived by webhook or poll; all a connector needs to read it. */
export interface Delivery {
  readonly connection: ConnectionId
  readonly via: 'webhook' | 'sweep'
  /** The headers named by the connector's door (`verify.ts`), lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly receivedAt: Instant
}

/** The meaning of a message. One message may have several. */
export type Reading =
  /** A complete order. */
  | { readonly type: 'snapshot'; readonly order: Order }
  /** A hint about an order: fetch it. */
  | { readonly type: 'hint'; readonly channelOrderId: string }
  /** A parcel left. `lines` are by SKU because warehouses do not know the channel's line ids. */
  | { readonly type: 'shipped'; readonly orderId: OrderId; readonly shipment: ReportedShipment }
  /** The warehouse cannot continue; people read `reason`. `since` distinguishes an old notice from a new one. */
  | {
      readonly type: 'held'
      readonly orderId: OrderId
      readonly reason: string
      readonly since?: Instant
      /** The warehouse's id of the order; a notice about a release that it cancelled blocks nothing. */
      readonly warehouseOrder?: string
    }
  /** The warehouse's hold is over. */
  | { readonly type: 'resumed'; readonly orderId: OrderId; readonly since: Instant }
  /** The warehouse has fewer units than were released: these wait for stock. Lists all backorders of the order. */
  | {
      readonly type: 'backordered'
      readonly orderId: OrderId
      readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
      readonly since: Instant
      readonly expectedAt?: Instant
    }
  /** The late result of an effect, from the system or from a look-up: done, refused, or not done. */
  | {
      readonly type: 'answered'
      readonly orderId: OrderId
      readonly intentId: string
      readonly answer: Answer
    }
  /** A count at one of the system's own locations. */
  | ({
      readonly type: 'counted'
      /** The system's code for it. */
      readonly location: string
      readonly at: Instant
      readonly sequence?: number | undefined
    } & Pick<StockCounts, 'counts'>)
  /** A movement at one of its locations other than a parcel to a customer. */
  | {
      readonly type: 'moved'
      readonly location: string
      readonly movements: readonly StockMovement[]
    }
  /** A request to erase or disclose personal data. */
  | { readonly type: 'privacy'; readonly asking: Asking }
  /** Nothing for the ledger. */
  | { readonly type: 'nothing'; readonly why: string }

export interface Asking {
  readonly kind: 'erasure' | 'disclosure'
  /** The channel's id of the request, or what identifies it: letters, digits and dashes. */
  readonly reference: string
  /** The account it names, one of the connection's hosts: accounts may share a signing secret. @default none */
  readonly account?: string
  /** The channel's ids of orders and of their customer; without either, all customers. */
  readonly orders?: readonly string[]
  readonly customer?: string
}

export type ReportedShipment = Omit<Shipment, 'lines' | 'parts'> & {
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  /** The warehouse's id of the order: evidence that it has the release. */
  readonly warehouseOrder: string
}
