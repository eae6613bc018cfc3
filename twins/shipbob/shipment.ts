import { statusDetail, type TwinOrder, type TwinShipment } from './order.ts'

interface Trouble {
  readonly status: 'OnHold' | 'Exception'
  readonly detail: string
  /** Absent: it does not end. */
  readonly forMs?: number
}

/** Skus that the warehouse cannot ship, so that holds can be tried. */
const troubles: Readonly<Record<string, Trouble>> = {
  'TWIN-ON-HOLD': { status: 'OnHold', detail: 'InvalidAddress' },
  'TWIN-OUT-OF-STOCK': { status: 'Exception', detail: 'OutOfStock' },
  'TWIN-SHORT-HOLD': { status: 'OnHold', detail: 'InvalidAddress', forMs: 300 },
  'TWIN-LATE-STOCK': { status: 'Exception', detail: 'OutOfStock', forMs: 300 },
}

/** It leaves. */
export function shipped(shipment: TwinShipment, at: string): TwinShipment {
  const number = `TWIN${String(shipment.id).padStart(12, '0')}`
  return {
    ...shipment,
    status: 'Completed',
    status_details: [statusDetail(0, 'Shipped')],
    actual_fulfillment_date: at,
    estimated_fulfillment_date_status: 'FulfilledOnTime',
    last_update_at: at,
    last_tracking_update_at: at,
    tracking: {
      ...shipment.tracking,
      carrier: 'USPS',
      carrier_service: 'Priority',
      tracking_number: number,
      tracking_url: `https://tracking.example/${number}`,
      shipping_date: at,
    },
  }
}

/** What keeps a shipment, by its skus. */
export const troubleOf = ({ products }: TwinShipment): Trouble | undefined =>
  products.map(({ reference_id }) => troubles[reference_id]).find(Boolean)

/** A trouble is met once. */
export const isWorkedAt = ({ created_date, last_update_at }: TwinShipment): boolean =>
  created_date !== last_update_at

/** Picked goods are not put back. */
export const isCancellable = ({ status, status_details }: TwinShipment): boolean =>
  status !== 'Completed' &&
  status !== 'Cancelled' &&
  !status_details.some(({ name }) => name === 'Picked')

/** It stops. */
export const held = (shipment: TwinShipment, { status, detail: name }: Trouble, at: string) =>
  withStock(
    { ...shipment, status, status_details: [statusDetail(0, name)], last_update_at: at },
    status === 'OnHold' ? 'there' : 'missing',
  )

/** It goes on. */
export const resumed = (shipment: TwinShipment, at: string): TwinShipment =>
  withStock({ ...shipment, status: 'Processing', status_details: [], last_update_at: at }, 'there')

/** What is out of stock is not committed to the shipment. */
const withStock = (shipment: TwinShipment, stock: 'there' | 'missing'): TwinShipment => ({
  ...shipment,
  products: shipment.products.map((product) => ({
    ...product,
    inventory_items: product.inventory_items.map((item) => ({
      ...item,
      quantity_committed: stock === 'missing' && troubles[product.reference_id] ? 0 : item.quantity,
    })),
  })),
})

/** The status of an order follows from those of its shipments. */
export function statusOf(shipments: readonly TwinShipment[]): TwinOrder['status'] {
  const living = shipments.filter(({ status }) => status !== 'Cancelled')
  if (living.length === 0) return 'Cancelled'
  if (living.every(({ status }) => status === 'Completed')) return 'Fulfilled'
  if (living.some(({ status }) => status === 'Completed')) return 'PartiallyFulfilled'
  return living.some(({ status }) => status === 'Processing') ? 'Processing' : 'Exception'
}
