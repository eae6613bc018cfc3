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
      quantity_unit_of_measure_code: null,
      external_line_id: product.external_line_id ?? null,
      unit_price: product.unit_price ?? null,
      gtin: null,
      upc: null,
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
    last_tracking_update_at: null,
    actual_fulfillment_date: null,
    estimated_fulfillment_date: null,
    estimated_fulfillment_date_status: 'PendingOnTime',
    delivery_date: null,
    is_tracking_uploaded: false,
    location: { id: location, name: 'Twin' },
    ship_option: wanted.shipping_method,
    package_material_type: 'Box',
    require_signature: false,
    gift_message: wanted.gift_message ?? null,
    insurance_value: null,
    invoice_amount: null,
    invoice_currency_code: null,
    measurements: { length_in: 10, width_in: 8, depth_in: 4, total_weight_oz: 16 },
    parent_cartons: [],
    recipient: { ...wanted.recipient, full_name: wanted.recipient.name },
    tracking: {
      carrier: null,
      carrier_service: null,
      tracking_number: null,
      tracking_url: null,
      shipping_date: null,
      bol: null,
      pro_number: null,
      scac: null,
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
          lot: null,
          expiration_date: null,
          serial_numbers: null,
        },
      ],
    })),
  }
}

/** As soon as it is there: such a shipment can be shipped and not cancelled. */
const picked = {
  id: 100,
  name: 'Picked',
  description: 'Picking Completed',
  inventory_id: null,
  exception_fulfillment_center_id: null,
  extra_information: { validation_messages: null },
}

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
