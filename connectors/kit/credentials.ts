import { z } from 'zod'
import type { Account, Minted, Reply } from '../../domain/account.ts'
import { type Failure, halt, retry } from '../../domain/failure.ts'
import { parse } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'

/** The connection's secret, or `halt` that names the fields it lacks. */
export async function secretOf<T extends z.ZodType>(
  account: Account,
  schema: T,
): Promise<Result<z.infer<T>, Failure>> {
  const secret = schema.safeParse(await account.secret())
  if (secret.success) return ok(secret.data)
  const fields = secret.error.issues.map(({ path }) => path.join('.') || 'everything')
  return err(halt(`the secret lacks ${fields.join(', ')}`))
}

interface Sent {
  readonly reply: Reply
  /** The token was minted for this very request. */
  readonly isNew: boolean
  /** How long the answer took. */
  readonly ms: number
}

interface WithToken {
  mint(): Promise<Result<Minted, Failure>>
  send(token: string): Promise<Result<Reply, Failure>>
  /** Whether an answer says that the token is not taken, so that nothing was done. @default 401 */
  isRefused?(reply: Reply): boolean
}

/** Sends with a token in force. One that is refused is dropped, and the request sent once more with a new one. */
export async function sendWithToken(
  account: Account,
  { mint, send, isRefused = ({ status }) => status === 401 }: WithToken,
): Promise<Result<Sent, Failure>> {
  const first = await once()
  if (!first.ok || !isRefused(first.value.reply)) return first
  await account.tokens.drop()
  const second = await once()
  if (second.ok && isRefused(second.value.reply)) await account.tokens.drop()
  return second

  async function once(): Promise<Result<Sent, Failure>> {
    let isNew = false
    const token = await account.tokens.get(() => {
      isNew = true
      return mint()
    })
    if (!token.ok) return token
    const from = account.now().getTime()
    const reply = await send(token.value)
    return reply.ok ? ok({ reply: reply.value, isNew, ms: account.now().getTime() - from }) : reply
  }
}

interface Bearer {
  mint(account: Account): Promise<Result<Minted, Failure>>
  /** What it means that the token is refused again, after the one before was replaced. */
  refusedTwice(sent: Sent): Failure
}

/** Authorises calls by `Authorization: Bearer` with tokens that expire. */
export const bearerTokens =
  ({ mint, refusedTwice }: Bearer) =>
  async (
    account: Account,
    send: (headers: Readonly<Record<string, string>>) => Promise<Result<Reply, Failure>>,
  ): Promise<Result<Reply, Failure>> => {
    const sent = await sendWithToken(account, {
      mint: () => mint(account),
      send: (token) => send({ authorization: `Bearer ${token}` }),
    })
    if (!sent.ok) return sent
    const { reply } = sent.value
    return reply.status === 401 ? err(refusedTwice(sent.value)) : ok(reply)
  }

interface Grant {
  readonly url: string
  /** What the grant asks with, besides its type. */
  readonly form: Readonly<Record<string, string>>
  /** Who gives out tokens, and what it refuses when it does not: for people. */
  readonly issuer: string
  readonly credentials: string
  /** What any other answer means. */
  otherwise(reply: Reply): Result<unknown, Failure>
}

/** A new access token by OAuth 2.0 client credentials (RFC 6749, 4.4). Refused credentials are `halt`. */
export async function clientCredentials(
  account: Account,
  { url, form, issuer, credentials, otherwise }: Grant,
): Promise<Result<Minted, Failure>> {
  const reply = await account.send({
    // Asking twice is harmless, so that a lost answer is no doubt.
    kind: 'read',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  })
  if (!reply.ok) return reply
  const { status, body } = reply.value
  const token = status === 200 ? parse(TokenBody, body) : undefined
  if (token?.ok) return ok({ token: token.value.access_token, seconds: token.value.expires_in })
  const refused = parse(TokenError, body)
  if (refused.ok && [400, 401].includes(status)) {
    const code = refused.value.error.replace(/\W/g, '').slice(0, 40)
    return err(halt(`${issuer} refused the ${credentials} (${code})`))
  }
  const told = otherwise(reply.value)
  if (told.ok) return err(retry(`${issuer} gave no token`))
  return err(told.error.next === 'except' ? halt(told.error.reason) : told.error)
}

/** Seconds come as text from some. */
const TokenBody = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
})

const TokenError = z.object({ error: z.string() })
