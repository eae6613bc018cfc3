import { z } from 'zod'
import type { TwinHost } from '../../twins/twin-host.ts'

const Sold = z.object({
  legacyResourceId: z.string(),
  displayFulfillmentStatus: z.string(),
  fulfillments: z.array(
    z.object({ trackingInfo: z.array(z.object({ number: z.string().nullish() })).default([]) }),
  ),
})
type Sold = z.infer<typeof Sold>
const Posted = z.object({ externalId: z.string() })
const Warehoused = z.object({ reference_id: z.string() })

/** What stands at the vendors, whoever brought it there. */
export interface Tally {
  readonly sold: number
  /** In the ERP, at the warehouse, and with every parcel both in the ERP and told to the shop. */
  readonly complete: number
  /** In the ERP. */
  readonly posted: number
  /** Documents beyond the one that each order and each parcel should have. */
  readonly doubled: number
}

export function tally(twins: TwinHost): Tally {
  const all = <T extends z.ZodType>(plug: string, kind: string, schema: T): z.infer<T>[] =>
    twins.all
      .filter(({ connection }) => connection.plug === plug)
      .flatMap(({ twin }) => (twin.state()[kind] ?? []).map((document) => schema.parse(document)))

  const sold = all('shopify', 'orders', Sold)
  const posted = all('netsuite', 'salesOrders', Posted).map(({ externalId }) => externalId)
  const fulfilled = all('netsuite', 'itemFulfillments', Posted).map(({ externalId }) => externalId)
  const released = all('shipbob', 'orders', Warehoused).map((order) => order.reference_id)
  const trackings = sold.map(({ fulfillments }) =>
    fulfillments.flatMap(({ trackingInfo }) => trackingInfo.flatMap(({ number }) => number ?? [])),
  )

  const isComplete = ({ legacyResourceId, displayFulfillmentStatus }: Sold, parcels: number) => {
    const id = `shopify_demo-store_${legacyResourceId}`
    const entered = fulfilled.filter((parcel) => parcel.startsWith(`${id}_`)).length
    return displayFulfillmentStatus === 'FULFILLED' && posted.includes(id) && entered >= parcels
  }
  return {
    sold: sold.length,
    posted: new Set(posted).size,
    complete: sold.filter((order, i) => isComplete(order, trackings[i]?.length ?? 0)).length,
    doubled: [posted, fulfilled, released, ...trackings]
      .map((ids) => ids.length - new Set(ids).size)
      .reduce((sum, n) => sum + n, 0),
  }
}
