import { clientOf } from '../kit/client.ts'
import { secretOf } from '../kit/credentials.ts'
import { interpret } from './responses.ts'
import { Secret, Settings } from './settings.ts'

/** Calls under `https://<apiHost>/2026-01`. */
export const shipbobApi = clientOf({
  name: 'ShipBob',
  url: ({ settings }, path) => `https://${Settings.parse(settings).apiHost}/2026-01${path}`,
  interpret,
  async authorize(account, send) {
    const secret = await secretOf(account, Secret)
    if (!secret.ok) return secret
    const { channelId } = Settings.parse(account.settings)
    return send({
      authorization: `Bearer ${secret.value.accessToken}`,
      shipbob_channel_id: String(channelId),
    })
  },
})
