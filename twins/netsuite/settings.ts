import { z } from 'zod'
import type { TwinWorld } from '../kit/twin.ts'

const Settings = z.object({
  accountId: z.string(),
  items: z.object({ giftCard: z.string().default('GIFT-CARD') }).catchall(z.string()),
  customer: z.string().optional(),
  currencies: z.record(z.string(), z.string()).default({}),
  location: z.string().optional(),
})

export const settingsOf = ({ settings }: Pick<TwinWorld, 'settings'>) => Settings.parse(settings)

/** Account 1234567_SB1 answers at `1234567-sb1`: Oracle's "URLs for Account-Specific Domains". */
export const hostOf = (world: Pick<TwinWorld, 'settings'>): string => {
  const account = settingsOf(world).accountId.toLowerCase().replaceAll('_', '-')
  return `${account}.suitetalk.api.netsuite.com`
}

export const tokenPath = '/services/rest/auth/oauth2/v1/token'
export const recordPath = '/services/rest/record/v1/'
export const suiteqlPath = '/services/rest/query/v1/suiteql'
