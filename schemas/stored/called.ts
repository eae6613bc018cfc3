import type { OrderId } from '../canonical/identity.ts'

/** What an order is called somewhere: a number of the channel, or `connection#number` elsewhere. */
export interface Called {
  readonly reference: string
  readonly orderId: OrderId
}

/** The partition of everything that is called so: whoever names orders may write to no other. */
export const partitionOf = (reference: string): string => `reference#${reference}`
