import { businessCentral } from './business-central/index.ts'
import type { Connector } from './contract.ts'
import { genericWebhook } from './generic-webhook/index.ts'
import { mirakl } from './mirakl/index.ts'
import { netsuite } from './netsuite/index.ts'
import { orderApi } from './order-api/index.ts'
import { shipbob } from './shipbob/index.ts'
import { shopify } from './shopify/index.ts'

/** Adding a connector is one folder and one line here. */
export const connectors: readonly Connector[] = [
  shopify,
  mirakl,
  orderApi,
  businessCentral,
  netsuite,
  shipbob,
  genericWebhook,
]
