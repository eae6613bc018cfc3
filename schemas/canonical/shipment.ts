import { z } from 'zod'
import { Instant } from './instant.ts'

/** One parcel that left a warehouse; `lines` name the ledger's line ids. */
export const Shipment = z.object({
  id: z.string().min(1),
  lines: z.array(z.object({ id: z.string(), quantity: z.int().positive() })),
  /** Components of bundles inside, by line; `lines` names the bundles that they complete. */
  parts: z
    .array(z.object({ id: z.string(), sku: z.string(), quantity: z.int().positive() }))
    .optional(),
  carrier: z.string().optional(),
  trackingNumber: z.string().optional(),
  trackingUrl: z.url().optional(),
  shippedAt: Instant,
  /** The warehouse's location, if reported. */
  location: z.string().optional(),
  /** When the report was last corrected; of two reports of one parcel, the later one wins. @default shippedAt */
  revisedAt: Instant.optional(),
})
export type Shipment = z.infer<typeof Shipment>
