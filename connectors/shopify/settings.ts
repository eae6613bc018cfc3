import { z } from 'zod'

/** The fields of a Shopify connection beside those every connection has. */
export const ShopifySettings = z.strictObject({
  shop: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/,
      "write the shop's own domain, for example main-store.myshopify.com",
    )
    .describe("The shop's own domain, never the one customers see."),
  apiVersion: z
    .string()
    .regex(/^20\d\d-(01|04|07|10)$/, 'write a quarterly version, for example 2026-10')
    .default('2026-10')
    .describe('Version of the Admin API.'),
  location: z
    .string()
    .regex(/^\d+$/, 'write the digits of the location, for example "70000000001"')
    .optional()
    .describe('The location whose stock Crossdock sets. Needed where stock is published.'),
  notifyCustomer: z
    .boolean()
    .default(true)
    .describe('Whether Shopify mails the customer about parcels, cancellations and refunds.'),
  refundCancelled: z
    .boolean()
    .default(true)
    .describe('Whether units that Crossdock takes back are refunded at Shopify at once.'),
  restockCancelled: z
    .boolean()
    .default(true)
    .describe('Whether Shopify puts them back into its stock.'),
})
export type ShopifySettings = z.infer<typeof ShopifySettings>

/** What the connection's secret holds; Shopify signs webhooks with the client secret. */
export const ShopifySecret = z.object({
  webhookSecrets: z.array(z.string().min(1)).min(1),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
})
export type ShopifySecret = z.infer<typeof ShopifySecret>
