import type { Order } from '../../schemas/canonical/order.ts'

/** Bytes. A DynamoDB item holds 400 KB, and an order beyond it would be tried until it is a dead letter. */
export const largestOrder = 300_000

/** Bytes of an order with its people, as JSON. */
export const sizeOf = (order: Order): number =>
  new TextEncoder().encode(JSON.stringify(order)).length
