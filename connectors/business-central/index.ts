import type { Connector } from '../contract.ts'
import { amendOrder } from './amend-order.ts'
import { cancelOrder } from './cancel-order.ts'
import { counts } from './counts.ts'
import { createOrder } from './create-order.ts'
import { postShipment } from './post-shipment.ts'
import { standingOrders } from './sales-orders.ts'
import { BusinessCentralSettings, hosts } from './settings.ts'

/** Business Central by its API v2.0: sales orders, customers, and posted shipments with their invoices. */
export const businessCentral = {
  id: 'business-central',
  title: 'Business Central',
  settings: BusinessCentralSettings,
  hosts: () => hosts,
  // A user has five requests at one time; more of them only wait there.
  maxConcurrency: 4,
  mintsTokens: true,
  topics: [],
  accounting: {
    effects: {
      'create-order': createOrder,
      'amend-order': amendOrder,
      'cancel-order': cancelOrder,
      'post-shipment': postShipment,
    },
    documentsOf: standingOrders,
  },
  counts,
} satisfies Connector
