import { z } from 'zod'

const Settings = z.object({
  tenantId: z.string(),
  environment: z.string(),
  companyId: z.string(),
  localCurrency: z.string(),
  taxCode: z.string().optional(),
  pricesIncludeTax: z.boolean().default(false),
})

export type Company = ReturnType<typeof companyOf>

/** A company and its addresses, as Microsoft documents them for API v2.0. */
export function companyOf(settings: unknown) {
  const { tenantId, environment, companyId, ...books } = Settings.parse(settings)
  return {
    ...books,
    tenantId,
    tokenHost: 'login.microsoftonline.com',
    tokenPath: `/${tenantId}/oauth2/v2.0/token`,
    scope: 'https://api.businesscentral.dynamics.com/.default',
    host: 'api.businesscentral.dynamics.com',
    path: `/v2.0/${tenantId}/${environment}/api/v2.0/companies(${companyId})/`,
  }
}
