import type { Connector } from '../contract.ts'
import { cancelSale } from './cancel-sale.ts'
import { confirmShipment } from './confirm-shipment.ts'
import { acceptOrder, fetchOrder, nameOf, readDelivery, sweep } from './orders.ts'
import { MiraklSettings } from './settings.ts'
import { stock } from './stock.ts'

/** A shop at a marketplace that runs on Mirakl. Sellers get no webhooks, so everything is heard of by sweep. */
export const mirakl = {
  id: 'mirakl',
  title: 'Mirakl',
  settings: MiraklSettings,
  hosts: (settings) => [MiraklSettings.parse(settings).host],
  account(settings) {
    const { host, shopId } = MiraklSettings.parse(settings)
    return shopId === undefined ? undefined : { field: 'shopId', is: `${host} ${shopId}` }
  },
  maxConcurrency: 2,
  topics: [],
  read: readDelivery,
  sweep,
  orders: {
    nameOf,
    fetchOrder,
    effects: {
      'accept-order': acceptOrder,
      'confirm-shipment': confirmShipment,
      'cancel-sale': cancelSale,
    },
  },
  listings: stock,
} satisfies Connector
