import { randomUUID } from 'node:crypto'
import { orderIdOf } from '../../../domain/order/order-id.ts'
import { ConnectionId, type OrderId } from '../../../schemas/canonical/identity.ts'

const till = ConnectionId.parse('order-api/point-of-sale')

export interface Submitted {
  readonly id: string
  readonly orderId: OrderId
  readonly body: Readonly<Record<string, unknown>>
}

/** An order of two mugs to be shipped, as a till submits it. */
export function submitted(change: Readonly<Record<string, unknown>> = {}): Submitted {
  const id = `R-${randomUUID()}`
  const now = new Date().toISOString()
  const body = {
    id,
    placedAt: now,
    updatedAt: now,
    currency: 'USD',
    taxesIncluded: false,
    payment: 'paid',
    lines: [{ id: '1', sku: 'MUG-STONE', title: 'Mug', quantity: 2, unitPrice: '12.50' }],
    total: '25.00',
    people: {
      shipTo: {
        name: 'A. Recipient',
        address1: 'Street 1',
        city: 'Springfield',
        provinceCode: 'IL',
        postalCode: '62701',
        countryCode: 'US',
      },
    },
    ...change,
  }
  return { id, orderId: orderIdOf(till, id), body }
}
