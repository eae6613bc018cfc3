import { z } from 'zod'
import { CountedUnits } from '../../domain/stock/units.ts'

/** ShipBob's ids are int32; ours are strings. */
const Id = z.union([z.int(), z.string().min(1)]).transform(String)
const Text = z.string().nullish()

/** A parcel, planned or shipped. Tracking events of some topics carry neither `id` nor `products`. */
export const ShipmentWire = z.object({
  id: Id.nullish(),
  order_id: Id.nullish(),
  reference_id: Text,
  status: Text,
  status_details: z.array(z.object({ name: Text, inventory_id: Id.nullish() })).nullish(),
  products: z
    .array(
      z.object({
        reference_id: Text,
        sku: Text,
        quantity: z.int().nonnegative().nullish(),
        inventory_items: z
          .array(
            z.object({
              id: Id.nullish(),
              quantity: z.int().nonnegative().nullish(),
              /** Fewer than `quantity`: the others are out of stock where the shipment is to be packed. */
              quantity_committed: z.int().nonnegative().nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  tracking: z
    .object({
      carrier: Text,
      tracking_number: Text,
      tracking_url: Text,
      pro_number: Text,
      shipping_date: Text,
    })
    .partial()
    .nullish(),
  location: z.object({ id: Id.nullish() }).nullish(),
  actual_fulfillment_date: Text,
  last_update_at: Text,
  created_date: Text,
})
export type ShipmentWire = z.infer<typeof ShipmentWire>

export const OrderWire = z.object({
  id: Id,
  reference_id: Text,
  order_number: Text,
  status: Text,
  products: z
    .array(z.object({ reference_id: Text, sku: Text, quantity: z.int().nonnegative() }))
    .nullish(),
  shipments: z.array(ShipmentWire).nullish(),
})
export type OrderWire = z.infer<typeof OrderWire>

/** What ShipBob says of a cancellation; `order` is as it left the order. */
export const CancellationWire = z.object({
  status: z.enum(['Success', 'PartialSuccess', 'Failure']),
  order: OrderWire.nullish(),
})

export const InventoryPage = z.object({
  items: z.array(z.unknown()).nullish(),
  /** The address of the next page. */
  next: Text,
})

/** An article with what lies of it in each fulfilment centre. */
export const InventoryWire = z.object({
  sku: Text,
  locations: z
    .array(
      z.object({
        location_id: Id,
        on_hand_quantity: CountedUnits,
        committed_quantity: CountedUnits,
        fulfillable_quantity: CountedUnits,
      }),
    )
    .nullish(),
})
export type InventoryWire = z.infer<typeof InventoryWire>
