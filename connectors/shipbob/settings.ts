import { z } from 'zod'
import type { Account } from '../../domain/account.ts'

/** What a ShipBob connection has in the settings beside what every connection has. */
export const Settings = z.object({
  channelId: z
    .int()
    .positive()
    .describe('The ShipBob channel that orders are created in: GET /2026-01/channel lists them.'),
  shippingMethod: z
    .string()
    .min(1)
    .describe(
      "ShipBob's name of the usual shipping method, as on its Ship Option Mapping page, for example Standard.",
    ),
  shippingMethods: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe("ShipBob's name by the code or title of the channel's shipping line."),
  locationId: z
    .int()
    .positive()
    .optional()
    .describe('Fulfilment centre that ships every order. Default: ShipBob decides.'),
  apiHost: z
    .string()
    .regex(/^[a-z0-9-]+\.shipbob\.com$/, 'write api.shipbob.com or sandbox-api.shipbob.com')
    .default('api.shipbob.com'),
  requestsPerMinute: z
    .int()
    .positive()
    .optional()
    .describe('Read by the twin alone: requests it bears in a minute. ShipBob bears 150.'),
})
export type Settings = z.infer<typeof Settings>

export const settingsOf = (account: Account): Settings => Settings.parse(account.settings)

/** The connection's secret; `webhookSecrets` are read by the door. */
export const Secret = z.object({ accessToken: z.string().min(1) })
