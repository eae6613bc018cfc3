import type { Connector } from '../contract.ts'
import { cancelSale } from './cancel-sale.ts'
import { confirmShipment } from './confirm-shipment.ts'
import { fetchOrder, nameOf, readDelivery, sweep } from './orders.ts'
import { ShopifySettings } from './settings.ts'
import { stock } from './stock.ts'

/** Shopify, through its webhooks and the GraphQL Admin API. */
export const shopify = {
  id: 'shopify',
  title: 'Shopify',
  settings: ShopifySettings,
  hosts: (settings) => [ShopifySettings.parse(settings).shop],
  account: (settings) => ({ field: 'shop', is: ShopifySettings.parse(settings).shop }),
  maxConcurrency: 5,
  mintsTokens: true,
  topics: [
    'orders/create',
    'orders/updated',
    'orders/cancelled',
    'orders/edited',
    'refunds/create',
    'fulfillment_orders/placed_on_hold',
    'fulfillment_orders/hold_released',
    'orders/risk_assessment_changed',
  ],
  read: readDelivery,
  sweep,
  orders: {
    nameOf,
    fetchOrder,
    effects: { 'confirm-shipment': confirmShipment, 'cancel-sale': cancelSale },
  },
  listings: stock,
} satisfies Connector
