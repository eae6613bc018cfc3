import type { Account } from '../../domain/account.ts'
import { ok } from '../../domain/result.ts'
import { secretOf } from '../kit/credentials.ts'
import { httpClient } from '../kit/http-client.ts'
import { responses } from './responses.ts'
import { Secret, settingsOf } from './settings.ts'

/** Calls under `https://<apiHost>/2026-01`. */
export const shipbobApi = httpClient({
  rules: responses,
  url: (account, path) => `https://${settingsOf(account).apiHost}/2026-01${path}`,
  token: {
    async read(account: Account) {
      const secret = await secretOf(account, Secret)
      return secret.ok ? ok(secret.value.accessToken) : secret
    },
  },
  headers: (account, token) => ({
    authorization: `Bearer ${token}`,
    shipbob_channel_id: String(settingsOf(account).channelId),
  }),
})
