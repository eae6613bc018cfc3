import type { ConnectionId } from '../../schemas/canonical/identity.ts'

/** `shopify/demo-store` as CloudFormation likes it: `ShopifyDemoStore`. */
export const connectionName = (id: ConnectionId): string =>
  id
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
