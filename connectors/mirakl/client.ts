import { clientOf } from '../kit/client.ts'
import { secretOf } from '../kit/credentials.ts'
import { interpret } from './responses.ts'
import { MiraklSecret, MiraklSettings } from './settings.ts'

export const { exchange, call, ask } = clientOf({
  name: 'mirakl',
  url({ settings }, path, query) {
    const { host, shopId } = MiraklSettings.parse(settings)
    const search = new URLSearchParams({ ...query, ...(shopId && { shop_id: String(shopId) }) })
    return `https://${host}/api${path}${search.size > 0 ? `?${search}` : ''}`
  },
  async authorize(account, send) {
    const secret = await secretOf(account, MiraklSecret)
    // The key alone, without a scheme.
    return secret.ok ? send({ authorization: secret.value.apiKey }) : secret
  },
  interpret,
})
