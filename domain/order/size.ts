import type { Order } from '../../schemas/canonical/order.ts'

/** Bytes. A DynamoDB item holds 400 KB; a larger order would be retried until it is a dead letter. */
export const largestOrder = 300_000

/** Bytes of an order with its personal data, as JSON. */
export const sizeOf = (order: Order): number =>
  new TextEncoder().encode(JSON.stringify(order)).length
