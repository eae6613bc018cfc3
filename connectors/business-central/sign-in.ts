import { z } from 'zod'
import type { Account, Minted, Reply } from '../../domain/account.ts'
import { type Failure, halt, retry } from '../../domain/failure.ts'
import { parse } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { interpret } from './interpret.ts'
import { scope, settingsOf, tokenUrl } from './settings.ts'
import { TokenBody, TokenError } from './wire.ts'

/** What the connection's secret holds, beside `webhookSecrets`, which nothing uses here. */
const Secret = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) })

/** A new access token of Microsoft Entra, by client credentials. Refused credentials are `halt`. */
export async function signIn(account: Account): Promise<Result<Minted, Failure>> {
  const secret = Secret.safeParse(await account.secret())
  if (!secret.success) {
    const fields = secret.error.issues.map(({ path }) => path.join('.') || 'everything')
    return err(halt(`the secret lacks ${fields.join(', ')}`))
  }
  const reply = await account.send({
    // Asking twice is harmless, so that a lost answer is no doubt.
    kind: 'read',
    method: 'POST',
    url: tokenUrl(settingsOf(account)),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: secret.data.clientId,
      client_secret: secret.data.clientSecret,
      scope,
    }).toString(),
  })
  return reply.ok ? readToken(reply.value) : reply
}

function readToken(reply: Reply): Result<Minted, Failure> {
  const token = reply.status === 200 ? parse(TokenBody, reply.body) : undefined
  if (token?.ok) {
    return ok({ token: token.value.access_token, seconds: token.value.expires_in })
  }
  const refused = parse(TokenError, reply.body)
  if (refused.ok && [400, 401].includes(reply.status)) {
    const code = refused.value.error.replace(/\W/g, '').slice(0, 40)
    return err(halt(`Microsoft Entra refused the application (${code})`))
  }
  const told = interpret('read', reply)
  if (told.ok) return err(retry('Microsoft Entra gave no token'))
  return err(told.error.next === 'except' ? halt(told.error.reason) : told.error)
}
