import { z } from 'zod'

/** `<connector>/<name>`: one account at one vendor. Two Shopify stores are two connections. */
export const ConnectionId = z
  .string()
  .regex(
    /^[a-z0-9-]+\/[a-z0-9-]+$/,
    'write it as <connector>/<name>, for example shopify/main-store',
  )
  .brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>

/** DynamoDB sort keys have 1024 bytes, and some have a prefix before the id. */
export const longestOrderId = 900

/**
 * `<connector>_<name>_<channel order id>`: the ledger's key, and the reference in other systems. Only `[A-Za-z0-9_-]`,
 * the alphabet of NetSuite's external ids, the narrowest of all connectors.
 */
export const OrderId = z
  .string()
  .regex(
    /^[a-z0-9-]+_[a-z0-9-]+_[A-Za-z0-9_-]+$/,
    'write it as <connector>_<name>_<channel order id>, for example shopify_main-store_1001',
  )
  .max(longestOrderId, `write at most ${longestOrderId} characters`)
  .brand<'OrderId'>()
export type OrderId = z.infer<typeof OrderId>
