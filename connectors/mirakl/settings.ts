import { z } from 'zod'

const code = z.string().min(1)

/** The fields of a connection beside those every connection has: one shop at one operator's marketplace. */
export const MiraklSettings = z.strictObject({
  host: z
    .string()
    .regex(
      /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/,
      'write the host that the operator gave you, for example marketplace.mirakl.net',
    )
    .describe("Where the operator's Mirakl answers."),
  shopId: z
    .int()
    .positive()
    .optional()
    .describe('Which shop, when the key opens several. Default: the default shop of the key.'),
  taxMode: z
    .enum(['TAX_INCLUDED', 'TAX_EXCLUDED'])
    .describe(
      'How prices are asked for: TAX_INCLUDED where buyers see them with tax (Europe), TAX_EXCLUDED where tax comes on top (United States, Canada).',
    ),
  parcels: z
    .enum(['whole', 'first', 'several'])
    .default('whole')
    .describe(
      'several: the operator allows multiple shipments, each parcel is told. whole: an order ships in one parcel, a part of it is an exception. first: the first parcel ships the whole order.',
    ),
  carriers: z
    .array(code)
    .default([])
    .describe('Codes of the carriers that the operator knows (SH21); any other is told by name.'),
  reasons: z
    .strictObject({ cancel: code.optional(), refund: code.optional() })
    .prefault({})
    .describe(
      "The operator's reason codes (RE01) of type CANCELATION and REFUND for units that we take back.",
    ),
})
export type MiraklSettings = z.infer<typeof MiraklSettings>

/** What the connection's secret holds. Nothing signs anything here, because sellers get no webhooks. */
export const MiraklSecret = z.object({ apiKey: z.string().min(1) })
