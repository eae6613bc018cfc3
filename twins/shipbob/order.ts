import { digestOf } from '../kit/ids.ts'
import type { TwinCreateOrder } from './create-order.ts'

/** An order as `GET /2026-01/order/{id}` returns it. */
export interface TwinOrder {
  readonly id: number
  readonly reference_id: string
  readonly created_date: string
  readonly status: 'Processing' | 'Exception' | 'PartiallyFulfilled' | 'Fulfilled' | 'Cancelled'
  readonly shipments: readonly TwinShipment[]
  readonly [field: string]: unknown
}

export interface TwinShipment {
  readonly id: number
  readonly order_id: number
  readonly status: 'Processing' | 'Completed' | 'Exception' | 'OnHold' | 'Cancelled'
  readonly status_details: readonly { readonly name: string }[]
  readonly created_date: string
  readonly last_update_at: string
  readonly is_tracking_uploaded: boolean
  readonly tracking: { readonly tracking_number: string | null; readonly [field: string]: unknown }
  readonly last_tracking_update_at: string | null
  readonly location: { readonly id: number; readonly name: string }
  readonly products: readonly TwinProduct[]
  readonly [field: string]: unknown
}

interface TwinProduct {
  readonly reference_id: string
  readonly inventory_items: readonly {
    readonly quantity: number
    readonly [field: string]: unknown
  }[]
  readonly [field: string]: unknown
}

/** What leaves together, and from which fulfilment centre. */
export interface TwinParcel {
  readonly location: number
  readonly units: readonly Units[]
}

/** Takes an order in: a parcel has the number of its place in the order. */
export function openOrder(
  wanted: TwinCreateOrder,
  parcels: readonly TwinParcel[],
  context: {
    readonly at: string
    readonly channelId: number
    readonly order: number
    readonly shipments: readonly number[]
  },
): TwinOrder {
  return {
    id: context.order,
    created_date: context.at,
    purchase_date: wanted.purchase_date ?? null,
    reference_id: wanted.reference_id,
    order_number: wanted.order_number ?? wanted.reference_id,
    status: 'Processing',
    type: wanted.type,
    channel: { id: context.channelId, name: 'Crossdock' },
    shipping_method: wanted.shipping_method,
    recipient: wanted.recipient,
    products: wanted.products.map((product) => ({
      id: numberFor(product.reference_id),
      reference_id: product.reference_id,
      sku: product.reference_id,
      quantity: product.quantity,
      external_line_id: product.external_line_id ?? null,
      unit_price: product.unit_price ?? null,
      ...nulls('quantity_unit_of_measure_code', 'gtin', 'upc'),
    })),
    financials: { total_price: wanted.financials?.total_price ?? null },
    gift_message: wanted.gift_message ?? null,
    tags: wanted.tags ?? [],
    shipments: parcels.map((parcel, index) =>
      openShipment(wanted, parcel, {
        id: context.shipments[index] ?? 0,
        orderId: context.order,
        at: context.at,
      }),
    ),
  }
}

function openShipment(
  wanted: TwinCreateOrder,
  { location, units: products }: TwinParcel,
  { id, orderId, at }: { readonly id: number; readonly orderId: number; readonly at: string },
): TwinShipment {
  return {
    id,
    order_id: orderId,
    reference_id: wanted.reference_id,
    status: 'Processing',
    status_details: products.some(({ sku }) => sku === 'TWIN-PICKED') ? [picked] : [],
    created_date: at,
    last_update_at: at,
    ...nulls('last_tracking_update_at', 'actual_fulfillment_date', 'estimated_fulfillment_date'),
    estimated_fulfillment_date_status: 'PendingOnTime',
    is_tracking_uploaded: false,
    location: { id: location, name: 'Twin' },
    ship_option: wanted.shipping_method,
    package_material_type: 'Box',
    require_signature: false,
    gift_message: wanted.gift_message ?? null,
    ...nulls('delivery_date', 'insurance_value', 'invoice_amount', 'invoice_currency_code'),
    measurements: { length_in: 10, width_in: 8, depth_in: 4, total_weight_oz: 16 },
    parent_cartons: [],
    recipient: { ...wanted.recipient, full_name: wanted.recipient.name },
    tracking: {
      ...nulls('carrier', 'carrier_service', 'tracking_number', 'tracking_url', 'shipping_date'),
      ...nulls('bol', 'pro_number', 'scac'),
    },
    products: products.map(({ sku, name, quantity }) => ({
      id: numberFor(sku),
      reference_id: sku,
      sku,
      name,
      inventory_items: [
        {
          id: numberFor(`inventory ${sku}`),
          name,
          quantity,
          quantity_committed: quantity,
          is_dangerous_goods: false,
          ...nulls('lot', 'expiration_date', 'serial_numbers'),
        },
      ],
    })),
  }
}

const nulls = <Name extends string>(...names: readonly Name[]) =>
  // Made of these very names.
  Object.fromEntries(names.map((name) => [name, null])) as Record<Name, null>

export const statusDetail = (id: number, name: string, description: string | null = null) => ({
  id,
  name,
  description,
  ...nulls('inventory_id', 'exception_fulfillment_center_id'),
  extra_information: nulls('validation_messages'),
})

/** As soon as it is there: such a shipment can be shipped and not cancelled. */
const picked = statusDetail(100, 'Picked', 'Picking Completed')

interface Units {
  readonly sku: string
  readonly name: string
  readonly quantity: number
}

/**
 * The first half of the units, rounded up, and the rest: more than one unit leaves in two parcels, so that partial shipment
 * is an everyday thing.
 */
export function inParcels(products: TwinCreateOrder['products']): readonly (readonly Units[])[] {
  const bySku = new Map<string, Units>()
  for (const { reference_id: sku, name, quantity } of products) {
    bySku.set(sku, { sku, name: name ?? sku, quantity: (bySku.get(sku)?.quantity ?? 0) + quantity })
  }
  let room = Math.ceil([...bySku.values()].reduce((sum, { quantity }) => sum + quantity, 0) / 2)
  const first: Units[] = []
  const second: Units[] = []
  for (const units of bySku.values()) {
    const now = Math.min(room, units.quantity)
    room -= now
    if (now > 0) first.push({ ...units, quantity: now })
    if (now < units.quantity) second.push({ ...units, quantity: units.quantity - now })
  }
  return [first, second].filter((parcel) => parcel.length > 0)
}

/** An int32 that is always the same for the same text. */
const numberFor = (text: string): number => digestOf(text).readUInt32BE() % 0x7fffffff
