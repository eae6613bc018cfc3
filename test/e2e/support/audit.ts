import { z } from 'zod'
import { minorUnits } from '../../../domain/money/minor-units.ts'
import { erp, type Outside, shop, wms } from './outside.ts'
import type { Sold } from './sold.ts'

const SalesOrder = z.object({ id: z.string(), externalId: z.string(), total: z.number() })
const ItemFulfillment = z.object({ createdFrom: z.object({ id: z.string() }) })
const WarehouseOrder = z.object({
  reference_id: z.string(),
  status: z.string(),
  shipments: z.array(z.object({ tracking: z.object({ tracking_number: z.string().nullable() }) })),
})
const ShopOrder = z.object({
  legacyResourceId: z.string(),
  fulfillments: z.array(
    z.object({ trackingInfo: z.array(z.object({ number: z.string().nullish() })) }),
  ),
})

/** What the three systems hold of an order. */
export interface Held {
  readonly salesOrders: number
  /** Minor units of the ERP's total; `NaN` when the ERP has no such order. */
  readonly total: number
  readonly warehouseOrders: number
  /** Tracking numbers of the parcels that left. */
  readonly parcels: readonly string[]
  readonly itemFulfillments: number
  /** Tracking numbers that the shop was told. */
  readonly told: readonly string[]
}

/** What an order holds that went all the way: one of everything, and everything of each parcel. */
function isWhole({ total }: Sold, held: Held): boolean {
  return (
    held.salesOrders === 1 &&
    held.total === total &&
    held.warehouseOrders === 1 &&
    held.itemFulfillments === held.parcels.length &&
    held.told.join() === held.parcels.join()
  )
}

/** Counts, at the systems themselves, what they hold of each order. */
export async function count(
  outside: Outside,
  orders: readonly Sold[],
): Promise<ReadonlyMap<Sold, Held>> {
  const [posted, fulfilled, released, placed] = await Promise.all([
    outside.documents(erp, 'salesOrders', SalesOrder),
    outside.documents(erp, 'itemFulfillments', ItemFulfillment),
    outside.documents(wms, 'orders', WarehouseOrder),
    outside.documents(shop, 'orders', ShopOrder),
  ])
  return new Map(
    orders.map((order) => {
      const salesOrders = posted.filter(({ externalId }) => externalId === order.orderId)
      const warehouse = released.filter(
        ({ reference_id, status }) =>
          reference_id.replace(/\.r\d+$/, '') === order.orderId && status !== 'Cancelled',
      )
      const total = minorUnits(String(salesOrders[0]?.total ?? ''), String(order.body['currency']))
      const held: Held = {
        salesOrders: salesOrders.length,
        total: total.ok ? total.value : Number.NaN,
        warehouseOrders: warehouse.length,
        parcels: warehouse
          .flatMap(({ shipments }) => shipments)
          .flatMap(({ tracking }) => tracking.tracking_number ?? [])
          .toSorted(),
        itemFulfillments: fulfilled.filter(({ createdFrom }) =>
          salesOrders.some(({ id }) => id === createdFrom.id),
        ).length,
        told: placed
          .filter(({ legacyResourceId }) => legacyResourceId === order.id)
          .flatMap(({ fulfillments }) => fulfillments)
          .flatMap(({ trackingInfo }) => trackingInfo.flatMap(({ number }) => number ?? []))
          .toSorted(),
      }
      return [order, held]
    }),
  )
}

/** Each order that the systems do not hold exactly once and to the cent, in words. */
export async function broken(outside: Outside, orders: readonly Sold[]): Promise<string[]> {
  const all = await count(outside, orders)
  return orders.flatMap((order) => {
    const held = all.get(order)
    return held && isWhole(order, held) ? [] : [`${order.orderId}: ${JSON.stringify(held)}`]
  })
}
