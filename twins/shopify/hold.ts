import { type Loose, listOf } from '../kit/body.ts'
import { edited, textOf } from './body.ts'
import {
  type FulfilmentOrder,
  fulfilmentOrdersOf,
  type OpenOrder,
  type StoredOrder,
} from './order.ts'

/** Holds are the order's: the twin holds and releases all its fulfilment orders at once. */
export interface HoldInput {
  readonly reason: string
  readonly reasonNotes?: string
}

export const holdsOf = ({ id, wire }: OpenOrder) =>
  listOf(wire['fulfillment_holds']).map((hold, index) => ({
    id: `gid://shopify/FulfillmentHold/${id}${index + 1}`,
    reason: (textOf(hold['reason']) ?? 'other').toUpperCase(),
    reasonNotes: textOf(hold['reason_notes']),
  }))

export const held = (order: OpenOrder, { reason, reasonNotes }: HoldInput): StoredOrder =>
  edited(order, (exact) => ({
    fulfillment_holds: [
      ...listOf(exact['fulfillment_holds']),
      { reason: reason.toLowerCase(), reason_notes: reasonNotes ?? null },
    ],
  }))

export const released = (order: OpenOrder): StoredOrder =>
  edited(order, () => ({ fulfillment_holds: [] }))

/** What Shopify says of a hold: the fulfilment order and nothing of the order. */
export function holdNotice(order: OpenOrder, planned: FulfilmentOrder): Loose {
  const now = fulfilmentOrdersOf(order).find(({ id }) => id === planned.id) ?? planned
  return {
    fulfillment_order: {
      id: `gid://shopify/FulfillmentOrder/${planned.id}`,
      status: now.status.toLowerCase(),
      ...(now.status === 'ON_HOLD' && {
        fulfillment_holds: listOf(order.wire['fulfillment_holds']),
      }),
    },
  }
}
