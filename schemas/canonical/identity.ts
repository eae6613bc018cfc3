import { z } from 'zod'

/** `<connector>/<name>`: one account at one channel or system. Two Shopify stores are two connections. */
export const ConnectionId = z
  .string()
  .regex(
    /^[a-z0-9-]+\/[a-z0-9-]+$/,
    'write it as <connector>/<name>, for example shopify/main-store',
  )
  .brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>

/** Sort keys of DynamoDB have 1024 bytes, and some begin with more than the id. */
export const longestOrderId = 900

/**
 * `<connector>_<name>_<channel order id>`: the ledger's key, and the reference other systems carry.
 * Only `[A-Za-z0-9_-]`, the alphabet of NetSuite's external ids, the narrowest among the connectors.
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
