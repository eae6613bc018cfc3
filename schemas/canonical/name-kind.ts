import { z } from 'zod'

/** Kinds of things that systems name differently. */
export const NameKind = z.enum([
  'sku',
  'unit',
  'location',
  'tax-code',
  'carrier',
  'shipping-method',
  'payment-method',
  'customer',
])
export type NameKind = z.infer<typeof NameKind>
