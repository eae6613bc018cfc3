import type { OrderId } from '../canonical/identity.ts'

/** A reference of an order: a number of the channel, or `connection#number` elsewhere. */
export interface Called {
  readonly reference: string
  readonly orderId: OrderId
}

/** The partition of a reference; the writer of references may write to no other partitions. */
export const partitionOf = (reference: string): string => `reference#${reference}`
