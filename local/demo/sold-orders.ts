import { z } from 'zod'
import { minorUnits } from '../../domain/money/minor-units.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { HostedTwin } from '../../twins/host/twin-host.ts'

/** A twin, as far as its documents are counted. */
export type CountedTwin = Pick<HostedTwin, 'connection' | 'twin'>

/** An order as its channel has it. */
export interface SoldOrder {
  readonly id: OrderId
  readonly connection: ConnectionId
  /** What it comes to now, in minor units, where the channel says it in one number. */
  readonly minor?: number | undefined
  /** Tracking numbers that the channel was given, each as often as it was given. */
  readonly trackings: readonly string[]
}

type Read = (
  connection: ConnectionId,
  state: ReturnType<CountedTwin['twin']['state']>,
) => SoldOrder[]

/** How the twin of each channel shows its orders; those of another channel are known from the ledger alone. */
const readers: Readonly<Record<string, Read>> = {
  shopify: (connection, { orders = [] }) =>
    orders.map((document) => {
      const { legacyResourceId, currentTotalPriceSet, fulfillments } = ShopifyOrder.parse(document)
      const { amount, currencyCode } = currentTotalPriceSet.shopMoney
      const minor = minorUnits(amount, currencyCode)
      return {
        id: orderIdOf(connection, legacyResourceId),
        connection,
        minor: minor.ok ? minor.value : undefined,
        trackings: fulfillments.flatMap(({ trackingInfo }) =>
          trackingInfo.flatMap(({ number }) => number ?? []),
        ),
      }
    }),
  mirakl: (connection, { orders = [], shipments = [] }) => {
    const parcels = shipments.map((document) => MiraklShipment.parse(document))
    return orders.map((document) => {
      const { order_id } = MiraklOrder.parse(document)
      const own = parcels.filter((parcel) => parcel.order_id === order_id)
      return {
        id: orderIdOf(connection, order_id),
        connection,
        trackings: own.flatMap(({ tracking }) => tracking?.tracking_number ?? []),
      }
    })
  },
}

/** Every order at the twins of channels, by its id in the ledger. */
export function soldAt(twins: readonly CountedTwin[]): ReadonlyMap<OrderId, SoldOrder> {
  const orders = twins.flatMap(
    ({ connection, twin }) => readers[connection.connector]?.(connection.id, twin.state()) ?? [],
  )
  return new Map(orders.map((order) => [order.id, order]))
}

const ShopifyOrder = z.object({
  legacyResourceId: z.string(),
  currentTotalPriceSet: z.object({
    shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }),
  }),
  fulfillments: z.array(
    z.object({ trackingInfo: z.array(z.object({ number: z.string().nullish() })).default([]) }),
  ),
})

const MiraklOrder = z.object({ order_id: z.string() })
const MiraklShipment = z.object({
  order_id: z.string(),
  tracking: z.object({ tracking_number: z.string().nullish() }).nullish(),
})
