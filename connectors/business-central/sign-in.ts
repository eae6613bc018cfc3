import { z } from 'zod'
import type { Account, Minted } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Result } from '../../domain/result.ts'
import { clientCredentials, secretOf } from '../kit/credentials.ts'
import { interpret } from './interpret.ts'
import { scope, settingsOf, tokenUrl } from './settings.ts'

/** What the connection's secret holds, beside `webhookSecrets`, which nothing uses here. */
const Secret = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) })

/** A new access token of Microsoft Entra, by client credentials. Refused credentials are `halt`. */
export async function signIn(account: Account): Promise<Result<Minted, Failure>> {
  const secret = await secretOf(account, Secret)
  if (!secret.ok) return secret
  const { clientId, clientSecret } = secret.value
  return clientCredentials(account, {
    url: tokenUrl(settingsOf(account)),
    form: { client_id: clientId, client_secret: clientSecret, scope },
    issuer: 'Microsoft Entra',
    credentials: 'application',
    otherwise: (reply) => interpret('read', reply),
  })
}
