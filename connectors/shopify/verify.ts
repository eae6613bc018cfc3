import { doorOf } from '../kit/signatures.ts'

export const door = doorOf('shopify', [
  'x-shopify-topic',
  'x-shopify-webhook-id',
  'x-shopify-event-id',
  'x-shopify-triggered-at',
  'x-shopify-shop-domain',
  'x-shopify-api-version',
])
