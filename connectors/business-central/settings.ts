import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { Currency } from '../../schemas/canonical/money.ts'

const Guid = z.guid(
  'write the id with its dashes, for example 824820a2-508c-ed11-aada-000d3a298ab3',
)

/** Numbers of cards are at most 20 characters in Business Central. */
const Number20 = z.string().regex(/^.{1,20}$/, 'write a number of at most 20 characters')

/** What a line that is not goods is booked on. */
const Charge = z.union(
  [
    z.strictObject({ item: Number20 }).describe('Number of an item that is not inventory.'),
    z.strictObject({ account: Number20 }).describe('Number of a G/L account.'),
  ],
  'write { "item": "<number>" } or { "account": "<number>" }, of at most 20 characters',
)
export type Charge = z.infer<typeof Charge>

/** The fields of a Business Central connection in `settings/*.json`. */
export const BusinessCentralSettings = z.object({
  tenantId: Guid.describe('Directory (tenant) id of Microsoft Entra.'),
  environment: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,30}$/, 'write the name of the environment, for example Production')
    .describe('As in the admin center.'),
  companyId: Guid.describe('Id of the company that sells: GET …/api/v2.0/companies.'),
  localCurrency: Currency.describe("The company's local currency: orders in it are sent without."),
  charges: z
    .object({
      shipping: Charge,
      discount: Charge,
      tax: Charge,
      facilitatedTax: Charge.optional().describe(
        'For the tax that the channel pays over itself. Default: with the other tax.',
      ),
      tip: Charge,
      duty: Charge,
      fee: Charge,
      giftCard: Charge.describe('For gift cards that have no SKU.'),
    })
    .describe('Where lines that are not goods go.'),
  customer: Number20.optional().describe(
    'Number of one customer for all orders. Default: a customer per channel customer, and per order for guests.',
  ),
  tax: z
    .enum(['channel', 'computed'])
    .default('channel')
    .describe("channel: the channel's tax is a line of its own. computed: Business Central taxes."),
  taxCode: Number20.optional().describe(
    'With tax "channel": the VAT product posting group, or tax group, of no tax; on every line.',
  ),
  pricesIncludeTax: z
    .boolean()
    .default(false)
    .describe('With tax "computed": whether the customers\' prices include tax.'),
  locationId: Guid.optional().describe('Location that goods ship from. Default: as the item says.'),
})
export type BusinessCentralSettings = z.infer<typeof BusinessCentralSettings>

/** What the connection's secret holds, beside `webhookSecrets`, which nothing uses here. */
export const BusinessCentralSecret = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
})

export const settingsOf = (account: Account): BusinessCentralSettings =>
  BusinessCentralSettings.parse(account.settings)

const host = 'api.businesscentral.dynamics.com'
const entra = 'login.microsoftonline.com'

export const hosts: readonly string[] = [host, entra]

/** What a token is asked for. */
export const scope = `https://${host}/.default`

export const tokenUrl = ({ tenantId }: BusinessCentralSettings): string =>
  `https://${entra}/${tenantId}/oauth2/v2.0/token`

/** A resource of the company, for example `salesOrders`. */
export const companyUrl = (
  { tenantId, environment, companyId }: BusinessCentralSettings,
  path: string,
): string =>
  `https://${host}/v2.0/${tenantId}/${environment}/api/v2.0/companies(${companyId})/${path}`
