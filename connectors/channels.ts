import type { Channel } from './channel.ts'
import { mirakl } from './mirakl/index.ts'
import { orderApi } from './order-api/index.ts'
import { shopify } from './shopify/index.ts'

/** Adding a channel is one folder and one line here. */
export const channels: readonly Channel[] = [shopify, mirakl, orderApi]
