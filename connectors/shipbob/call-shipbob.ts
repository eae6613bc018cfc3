import type { Account, Call } from '../../domain/account.ts'
import { type Failure, halt } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { secretOf } from '../kit/credentials.ts'
import { interpret } from './interpret.ts'
import { Secret, Settings } from './settings.ts'

interface Answer {
  readonly json: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** One authorised call under `https://<apiHost>/2026-01`, already interpreted. */
export async function callShipbob(
  account: Account,
  call: Pick<Call, 'kind' | 'method' | 'body'> & { readonly path: string },
): Promise<Result<Answer, Failure>> {
  const settings = settingsOf(account)
  if (!settings.ok) return settings
  const secret = await secretOf(account, Secret)
  if (!secret.ok) return secret

  const { kind, method, body, path } = call
  const reply = await account.send({
    kind,
    method,
    url: `https://${settings.value.apiHost}/2026-01${path}`,
    headers: {
      authorization: `Bearer ${secret.value.accessToken}`,
      shipbob_channel_id: String(settings.value.channelId),
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  })
  if (!reply.ok) return reply
  const json = interpret(kind, reply.value)
  return json.ok ? ok({ json: json.value, headers: reply.value.headers }) : json
}

export function settingsOf(account: Account): Result<Settings, Failure> {
  const settings = read(Settings, account.settings)
  return settings.ok ? settings : err(halt(`the settings do not fit: ${settings.error.reason}`))
}
