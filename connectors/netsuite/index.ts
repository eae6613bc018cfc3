import type { Connector } from '../contract.ts'
import { amendOrder } from './amend-order.ts'
import { cancelOrder } from './cancel-order.ts'
import { counts } from './counts.ts'
import { createOrder } from './create-order.ts'
import { postShipment } from './post-shipment.ts'
import { hostOf, NetsuiteSettings } from './settings.ts'

/** NetSuite by SuiteTalk REST: sales orders, customers and item fulfilments. */
export const netsuite = {
  id: 'netsuite',
  title: 'NetSuite',
  settings: NetsuiteSettings,
  hosts: (settings) => [hostOf(NetsuiteSettings.parse(settings))],
  // An account has 5 to 55 places at one time, shared with everything else that calls it.
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
  },
  counts,
} satisfies Connector
